// node plugins/distribution-modern/scripts/measure.mjs: prints the tables of the READMEs. Build the plugins first.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { jump, maglev, rendezvous } from '@shardmux/plugin-distribution-modern';
import { Slots } from '@shardmux/plugin-distribution-slots';
import { ketama, modula } from '@shardmux/plugin-distribution-twemproxy';
import { xxh32 } from '@shardmux/plugin-hash-modern';
import { codis, redisCluster } from '@shardmux/plugin-hash-slots';

const KEYS = 1_000_000;
const ROUNDS = 200;
const TIMED = 2 ** 14;

/** Each strategy with the hash that it is meant to have. */
const SUBJECTS = {
  ketama: [ketama, xxh32],
  modula: [modula, xxh32],
  rendezvous: [rendezvous, xxh32],
  jump: [jump, xxh32],
  maglev: [maglev, xxh32],
  'slots, 16384': [new Slots({ slots: 16_384, splitBy: 'node' }), redisCluster],
  'slots, 1024': [new Slots({ slots: 1_024, splitBy: 'node' }), codis],
};

const subject = process.argv[2];
if (subject === undefined) printTables();
else console.log(timeOf(SUBJECTS[subject][0], Number(process.argv[3])));

function printTables() {
  const balance = [];
  const movement = [];
  const time = [];
  for (const [name, [strategy, hash]] of Object.entries(SUBJECTS)) {
    const hashes = hashesOfKeys(hash);
    const pools = [equal(10), equal(100), Array.from({ length: 10 }, (_, i) => i + 1)];
    balance.push([`\`${name}\``, ...pools.flatMap((weights) => spread(strategy, weights, hashes))]);
    const [ten, hundred] = [nodesOf(equal(10)), nodesOf(equal(100))];
    movement.push([
      `\`${name}\``,
      moved(strategy, ten, nodesOf(equal(11)), hashes),
      moved(strategy, hundred, nodesOf(equal(101)), hashes),
      moved(strategy, ten, ten.toSpliced(5, 1), hashes),
      moved(strategy, hundred, hundred.toSpliced(50, 1), hashes),
    ]);
    // A process of its own for each: V8 compiles a call anew when it has met several classes there.
    time.push([`\`${name}\``, ...[10, 100].map((count) => inOwnProcess(name, count)), buildTime(strategy)]);
  }
  print(
    [
      ...['load', '10 nodes, most', 'least', '100 nodes, most', 'least'],
      ...['10 of weights 1 to 10, most', 'least'],
    ],
    balance,
  );
  print(['keys moved', '10 → 11', '100 → 101', '10 → 9', '100 → 99'], movement);
  print(['time', 'locate, 10 nodes', 'locate, 100 nodes', 'build, 100 nodes'], time);
}

function equal(count) {
  return Array(count).fill(1);
}

function nodesOf(weights) {
  return weights.map((weight, i) => ({ name: `10.0.0.${i + 1}:6379`, weight }));
}

function hashesOfKeys(hash) {
  return Uint32Array.from({ length: KEYS }, (_, i) => {
    const key = Buffer.from(`user:${i}:profile`);
    return hash(key, 0, key.length);
  });
}

/** The highest and the lowest load of a node, as a multiple of its fair share. */
function spread(strategy, weights, hashes) {
  const distribution = strategy.build(nodesOf(weights));
  const counts = weights.map(() => 0);
  for (const hash of hashes) counts[distribution.locate(hash)]++;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const loads = counts.map((count, i) => (count * total) / (KEYS * weights[i]));
  return [Math.max(...loads).toFixed(3), Math.min(...loads).toFixed(3)];
}

function moved(strategy, before, after, hashes) {
  const old = strategy.build(before);
  const current = strategy.build(after);
  let count = 0;
  for (const hash of hashes) {
    if (before[old.locate(hash)].name !== after[current.locate(hash)].name) count++;
  }
  return `${((100 * count) / KEYS).toFixed(2)} %`;
}

function inOwnProcess(name, count) {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, String(count)]);
  return `${Number(output).toFixed(0)} ns`;
}

/** ns per locate, the best of many rounds. */
function timeOf(strategy, count) {
  const distribution = strategy.build(nodesOf(equal(count)));
  const hashes = Uint32Array.from({ length: TIMED }, (_, i) => Math.imul(i, 0x9e3779b1));
  return (
    bestOf(() => {
      for (const hash of hashes) distribution.locate(hash);
    }) / TIMED
  );
}

function buildTime(strategy) {
  const nodes = nodesOf(equal(100));
  return `${(bestOf(() => strategy.build(nodes)) / 1e6).toFixed(1)} ms`;
}

function bestOf(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    work();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}

function print(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'), '\n');
}
