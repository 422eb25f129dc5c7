import { type Argument, encodeCommand } from '@shardmux/testing';

/** One command of a pipeline. */
export interface Step {
  readonly args: readonly Argument[];
  /** What else than the plain server's reply is right, once data or a connection was lost. */
  readonly or?: RegExp;
  /** Has no reply. */
  readonly isSilent?: boolean;
}

const NOTHING = /^(?:\*-1|\$-1|_)\r\n$/;

function step(line: string, or?: RegExp): Step {
  return { args: line.split(' '), ...(or !== undefined && { or }) };
}

export function bytesOf(steps: readonly Step[]): Buffer {
  return Buffer.concat(steps.map(({ args }) => encodeCommand(args)));
}

/** How many replies there are to be. */
export function repliesOf(steps: readonly Step[]): number {
  return steps.filter(({ isSilent }) => !isSilent).length;
}

/** Takes a few ms. */
const SLOW = 'for i = 1, 500000 do end return 1';

const FIVE = [1, 2, 3, 4, 5];

/**
 * Commands that belong together, by what they are about. Each leaves its connection in a state in which any other may
 * follow, and has keys and channels that nobody else uses; so their replies are known whatever became of others.
 *
 * @param k begins every name.
 * @param v a value of some length.
 */
export const blocks = {
  echo: (k) => [step(`ECHO ${k}`), step(`PING ${k}`), step('PING')],
  set: (k, v) => [step(`SET ${k} ${v}`), step(`GET ${k}`, NOTHING), step(`GETRANGE ${k} 0 -1`, /^\$0\r\n/)],
  large: (k, v) => [step(`ECHO ${v.repeat(70)}`), step(`EVAL return(ARGV[1]) 1 ${k} ${v.repeat(70)}`)],
  script: (k, v) => [
    step(`EVAL return(ARGV[1]) 1 ${k} ${v}`),
    step(`EVAL return({ARGV[1],KEYS[1]}) 1 ${k} x`),
  ],
  split: (k) => [
    { args: ['MGET', ...FIVE.map((i) => `${k}${i}`)] },
    { args: ['MSET', ...FIVE.flatMap((i) => [`${k}${i}`, `${k}`])] },
    { args: ['DEL', ...FIVE.map((i) => `${k}${i}`)], or: /^:\d+\r\n$/ },
  ],
  transaction: (k, v) => [
    step('MULTI'),
    step(`ECHO ${k}`),
    step(`SET {${k}}1 ${v}`),
    step(`EVAL return(ARGV[1]) 1 {${k}}2 ${v}`),
    step('PING x'),
    step('EXEC'),
  ],
  discarded: (k) => [step('MULTI'), step(`SET ${k} 1`), step('DISCARD'), step(`EXISTS ${k}`)],
  spoilt: (k) => [step('MULTI'), step(`GET ${k} x`), step(`ECHO ${k}`), step('EXEC')],
  watch: (k) => [
    step(`WATCH {${k}}1`),
    step(`GET {${k}}1`),
    step('MULTI'),
    step(`SET {${k}}1 x`),
    step(`ECHO ${k}`),
    // A lost connection counts as a change; and where WATCH itself failed, there is nothing to be lost.
    step('EXEC', NOTHING),
  ],
  unwatch: (k) => [step(`WATCH ${k}`), step(`SET ${k} 1`), step('UNWATCH'), step(`ECHO ${k}`)],
  pop: (k) => [step(`RPUSH ${k} ${k}`), step(`BLPOP ${k} 0.02`, NOTHING), step(`ECHO ${k}`)],
  wait: (k) => [
    step(`BLPOP ${k} 0.01`),
    step(`XREAD BLOCK 5 STREAMS ${k} $`),
    step(`BLMPOP 0.01 1 ${k} LEFT`),
  ],
  subscribe: (k) => [
    step('HELLO 3', /^%/),
    step(`SUBSCRIBE ${k}`),
    step(`PSUBSCRIBE ${k}*`),
    step(`PUBLISH ${k} m${k}`, /^:\d\r\n$/),
    step(`ECHO ${k}`),
    step(`SSUBSCRIBE ${k}`),
    step(`SPUBLISH ${k} s${k}`, /^:\d\r\n$/),
    step(`UNSUBSCRIBE ${k}`),
    step(`PUNSUBSCRIBE ${k}*`),
    step(`SUNSUBSCRIBE ${k}`),
  ],
  track: (k) => [
    step('HELLO 3', /^%/),
    step('CLIENT TRACKING ON'),
    // Replies of others wait for this one; news of their keys must not pass them by.
    { args: ['EVAL', SLOW, '1', k] },
    ...FIVE.flatMap((i) => [step(`GET ${k}${i}`), step(`SET ${k}${i} x`)]),
    step(`ECHO ${k}`),
    step('CLIENT TRACKING OFF'),
  ],
  hello: (k) => [step('HELLO 2', /^\*/), step(`EXISTS ${k}`), step('HELLO 3', /^%/), step(`GET ${k}`)],
  select: (k) => [
    step('SELECT 3'),
    step(`GET ${k}`),
    step(`ECHO ${k}`),
    step('SELECT 0'),
    step(`EXISTS ${k}`),
  ],
  reset: (k) => [step(`WATCH ${k}`), step('MULTI'), step('RESET'), step(`ECHO ${k}`)],
  silence: (k) =>
    [
      step('CLIENT REPLY SKIP'),
      step(`GET ${k}`),
      step('CLIENT REPLY OFF'),
      step(`SET ${k} 1`),
      step(`ECHO ${k}`),
      step('CLIENT REPLY ON'),
    ].map((each, i) => ({ ...each, isSilent: i < 5 })),
  client: (k) => [step('CLIENT ID', /^:\d+\r\n$/), step(`CLIENT SETNAME ${k}`), step('CLIENT GETNAME')],
  scan: (k) => [step('SCAN 0 COUNT 3', /^\*2\r\n/), step(`SCAN 0 TYPE zset MATCH ${k}`, /^\*2\r\n/)],
  everywhere: (k) => [step('DBSIZE', /^:\d+\r\n$/), step(`KEYS ${k}`), step('WAIT 0 5', /^:0\r\n$/)],
  wrong: (k) => [step(`NOSUCH ${k}`), step('GET'), step(`EVALSHA ${'0'.repeat(40)} 1 ${k}`), step('EXEC')],
} satisfies Record<string, (k: string, v: string) => Step[]>;

export type BlockName = keyof typeof blocks;
