/**
 *   node --expose-gc packages/resp/test/fuzz/run.mjs --seed 1 --minutes 5
 *
 * Fails when an input breaks a rule, or when more memory is held at the end than after the first inputs.
 */
import { parseArgs } from 'node:util';
import { respCodec } from '../../dist/index.js';
import { fuzz } from './fuzzer.mjs';

const WARM_UP = 100_000;

/** What compiled code and its feedback may still grow by. */
const ALLOWED_GROWTH = 4 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    minutes: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || !(minutes > 0) || !global.gc) {
  process.stderr.write('usage: node --expose-gc run.mjs [--seed INTEGER] [--minutes NUMBER]\n');
  process.exit(2);
}

process.stdout.write(`seed ${seed}, ${minutes} min\n`);
fuzz(respCodec, seed + 1, (inputs) => inputs >= WARM_UP);
const before = memory();
const started = performance.now();
const inputs = fuzz(respCodec, seed, () => performance.now() - started >= minutes * 60_000);
const seconds = (performance.now() - started) / 1000;
const after = memory();
process.stdout.write(`${inputs} inputs, ${Math.round(inputs / seconds)} a second\n`);
process.stdout.write(
  `memory after a collection: ${describe(before)} at the start, ${describe(after)} at the end\n`,
);
if (after.heap + after.buffers > before.heap + before.buffers + ALLOWED_GROWTH) {
  process.stderr.write('memory grew\n');
  process.exit(1);
}

function memory() {
  global.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

function describe({ heap, buffers }) {
  return `heap ${Math.round(heap / 1024)} KiB + buffers ${Math.round(buffers / 1024)} KiB`;
}
