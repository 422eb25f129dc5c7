// node plugins/hash-modern/scripts/measure.mjs: prints the tables of the READMEs. Build the plugins first.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ketama, modula } from '@shardmux/plugin-distribution-twemproxy';
import { plugins as modern } from '@shardmux/plugin-hash-modern';
import { plugins as slotHashes } from '@shardmux/plugin-hash-slots';
import { plugins as twemproxy } from '@shardmux/plugin-hash-twemproxy';

const KEYS = 1_000_000;
const NODES = 100;
const ROUNDS = 200;
const CALLS = 1_000;
const LENGTHS = [16, 64, 1_024];

const plugins = [...modern, ...slotHashes, ...twemproxy];

const subject = process.argv[2];
if (subject === undefined) printTable();
else console.log(timesOf(subject).join());

function printTable() {
  const lines = [
    `| hash | ${LENGTHS.map((length) => `${length} bytes`).join(' | ')} | modula | ketama |`,
    `| --- | ${LENGTHS.map(() => '---').join(' | ')} | --- | --- |`,
  ];
  for (const { name, create } of plugins) {
    const loads = [modula, ketama].map((strategy) => maxLoad(create(undefined), strategy).toFixed(2));
    // A process of its own for each: V8 compiles a call anew when it has met several functions there.
    const times = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], {
      encoding: 'utf8',
    });
    const cells = [
      ...times
        .trim()
        .split(',')
        .map((time) => `${Number(time).toFixed(0)} ns`),
      ...loads,
    ];
    lines.push(`| \`${name}\` | ${cells.join(' | ')} |`);
  }
  console.log(lines.join('\n'));
}

/** The load of the node that has the most keys, as a multiple of the mean. */
function maxLoad(hash, strategy) {
  const nodes = Array.from({ length: NODES }, (_, i) => ({ name: `10.0.0.${i + 1}:6379`, weight: 1 }));
  const distribution = strategy.build(nodes);
  const counts = nodes.map(() => 0);
  for (let i = 0; i < KEYS; i++) {
    const key = Buffer.from(`user:${i}:profile`);
    counts[distribution.locate(hash(key, 0, key.length))]++;
  }
  return (Math.max(...counts) * NODES) / KEYS;
}

/** ns per hash of a key of each length, the best of many rounds; the key changes with each call. */
function timesOf(name) {
  const hash = plugins.find((plugin) => plugin.name === name).create(undefined);
  return LENGTHS.map((length) => {
    const bytes = Uint8Array.from({ length: length + 256 }, (_, i) => 97 + (i % 26));
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < CALLS; i++) hash(bytes, i & 0xff, (i & 0xff) + length);
      best = Math.min(best, Number(process.hrtime.bigint() - start) / CALLS);
    }
    return best;
  });
}
