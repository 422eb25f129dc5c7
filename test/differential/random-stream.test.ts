import { type Argument, connectRaw, startRedis } from '@shardmux/testing';
import { afterEach, expect, inject, test } from 'vitest';
import { nameOf } from '../support/commands-page.js';
import { Differential } from '../support/differential.js';
import type { Difference } from '../support/player.js';
import type { Step } from '../support/random-stream.js';
import { sharedExceptions } from '../support/shared-exceptions.js';
import type { Exception } from '../support/tolerance.js';
import { type Protocol, Twins } from '../support/twins.js';

declare module 'vitest' {
  /** What `npm run differential` is told. */
  interface ProvidedContext {
    readonly differential?: { readonly seed: number; readonly commands: number };
  }
}

/** The seed is in the name of each test: `npm run differential -- --seed …` plays a failure again. */
const { seed: SEED, commands: COMMANDS } = inject('differential') ?? {
  seed: Math.floor(Math.random() * 2 ** 32),
  commands: 100_000,
};
const PROTOCOLS: readonly Protocol[] = [2, 3];

/** What may differ besides what the server's own tips say. */
const EXCEPTIONS: readonly Exception[] = [
  ...sharedExceptions,
  {
    names: ['expiretime', 'pexpiretime'],
    likeness: 'shape',
    reason: 'each side adds the seconds to live to its own clock',
  },
  {
    names: ['memory|usage'],
    likeness: 'shape',
    reason: 'how high the nodes of a sorted set are is left to chance',
  },
];

let twins: Twins;

afterEach(() => twins?.stop());

function printable(value: Argument): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  return JSON.stringify(text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text);
}

function textOf(steps: readonly Step[]): string {
  const texts = steps.flat().map((command) => command.map(printable));
  return texts.map((words) => `  ${words.join(' ')}`).join('\n');
}

/** What to look into: the difference, and the shortest stream that still has one. */
async function report(differential: Differential, found: Difference): Promise<string> {
  const steps = await differential.shrink(SEED, found);
  const least = (await differential.replay(steps)) ?? found;
  return [
    `seed ${SEED}, step ${found.step}: ${textOf([[found.command]])}`,
    `ours:  ${printable(found.ours)}`,
    `plain: ${printable(found.plain)}`,
    steps.length === 0 ? 'It does not come again when it is played again.' : `The shortest stream:`,
    textOf(steps),
    `ours:  ${printable(least.ours)}`,
    `plain: ${printable(least.plain)}`,
  ].join('\n');
}

test.each(PROTOCOLS)(
  `${COMMANDS} random commands are answered as one plain Redis does, RESP%i, seed ${SEED}`,
  async (protocol) => {
    twins = await Twins.start(protocol);
    const differential = await Differential.of(twins, EXCEPTIONS);
    const started = performance.now();
    const found = await differential.run(SEED, COMMANDS, (done) => {
      const seconds = Math.round((performance.now() - started) / 1_000);
      if (COMMANDS > 1_000_000) process.stdout.write(`${done} commands in ${seconds} s\n`);
    });
    if (found !== null) throw new Error(await report(differential, found));
  },
  60_000 + COMMANDS,
);

test('a difference is found, and shrunk to the two steps that it takes', async () => {
  const other = await startRedis({
    args: ['--enable-debug-command', 'local', '--maxmemory-policy', 'allkeys-lfu'],
  });
  const subject = { servers: [other], endpoint: other.endpoint, stop: () => other.stop() };
  twins = await Twins.start(2, subject);
  const differential = await Differential.of(twins, EXCEPTIONS);
  const found = await differential.run(1, 10_000, () => {});
  expect(found).not.toBeNull();
  const steps = await differential.shrink(1, found!);
  expect(steps).toHaveLength(2);
  expect(steps.flat().filter((command) => nameOf(command).startsWith('object|'))).toHaveLength(1);
  expect(await differential.replay(steps)).not.toBeNull();
});

test('a key that one side alone has is found', async () => {
  twins = await Twins.start(2);
  const client = await connectRaw(twins.plain.endpoint);
  await client.command('SET', 'here', '1');
  await client.close();
  expect(await twins.differingKey()).toMatchObject({ key: 'here', ours: '' });
});
