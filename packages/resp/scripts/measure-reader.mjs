// Compares our reply reader with redis-parser on replies of several forms: node scripts/measure-reader.mjs
import Parser from 'redis-parser';
import { respCodec } from '../dist/index.js';

const ROUNDS = 9;
const options = { buffers: false, stringNumbers: false };

const bulk = (text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const array = (...items) => `*${items.length}\r\n${items.join('')}`;
const forms = {
  'status OK': '+OK\r\n',
  integer: ':12345\r\n',
  'bulk of 8 bytes': bulk('abcdefgh'),
  'bulk of 64 bytes': bulk('x'.repeat(64)),
  'bulk of 16 KiB': bulk('x'.repeat(16_384)),
  'array of 100 bulks': array(...Array.from({ length: 100 }, (_, i) => bulk(`value ${i}`))),
};

const reader = respCodec.createReader();
let sink = null;
const parser = new Parser({
  returnReply: (reply) => {
    sink = reply;
  },
  returnError: (error) => {
    sink = error;
  },
});

function nanoseconds(run, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) run();
  return Number(process.hrtime.bigint() - start) / calls;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

for (const [form, text] of Object.entries(forms)) {
  // A reply lies somewhere in the engine's memory. redis-parser takes whole buffers: it needs a view.
  const bytes = Buffer.alloc(1 << 20);
  const start = 1_000;
  const end = start + bytes.write(text, start);
  const ours = () => {
    sink = reader.read(bytes, start, end, options);
  };
  const theirs = () => parser.execute(bytes.subarray(start, end));
  const calls = text.length > 1_000 ? 20_000 : 400_000;
  nanoseconds(ours, calls);
  nanoseconds(theirs, calls);
  const rounds = Array.from({ length: ROUNDS }, () => [nanoseconds(ours, calls), nanoseconds(theirs, calls)]);
  const [a, b] = [0, 1].map((side) => median(rounds.map((round) => round[side])));
  const ratio = median(rounds.map(([our, their]) => our / their));
  console.log(
    `${form.padEnd(20)} ours ${a.toFixed(0)} ns, redis-parser ${b.toFixed(0)} ns, ratio ${ratio.toFixed(2)}`,
  );
}
if (sink === null) throw new Error('nothing was read');
