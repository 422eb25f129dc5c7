import type { HashFunction, PluginKind, PluginKinds } from '@shardmux/plugin-api';
import type { Culprit } from './culprit.js';

type Member =
  | 'function'
  | 'object'
  | 'function or null'
  | 'object or null'
  | 'function or undefined'
  | 'object or undefined'
  | 'boolean'
  | 'boolean or undefined';

/** What must be there, and of what type. */
export type Shape<Part> = { readonly [Name in keyof Part]-?: Member };

/** What the engine calls. A plugin in JavaScript has no compiler that would miss a member. */
const shapes: { readonly [Kind in Exclude<PluginKind, 'hash'>]: Shape<PluginKinds[Kind]> } = {
  distribution: { build: 'function' },
  topology: {
    start: 'function',
    stop: 'function',
    promotes: 'boolean or undefined',
    refresh: 'function or undefined',
    endpointOf: 'function or undefined',
  },
  failover: {
    failed: 'function',
    rehashes: 'boolean or undefined',
    follows: 'boolean or undefined',
    promotion: 'object or undefined',
  },
  reads: { choose: 'function', usesReplicas: 'boolean', followsWrites: 'boolean' },
  transport: {
    connect: 'function',
    listen: 'function',
    flush: 'function or null',
    preferences: 'object or undefined',
    certificates: 'object or undefined',
  },
  coordination: {
    isShared: 'boolean',
    start: 'function',
    stop: 'function',
    get: 'function',
    list: 'function',
    compareAndSet: 'function',
    compareAndDelete: 'function',
    watch: 'function',
    lease: 'function',
  },
  telemetry: { observe: 'function', stop: 'function' },
  codec: {
    createDecoder: 'function',
    createFramer: 'function',
    createRealm: 'function',
    createReader: 'function',
    splitter: 'object',
    merger: 'object',
    gather: 'function or undefined',
    encoder: 'object',
    errorCode: 'function',
    handshake: 'function',
    probe: 'object',
    failureReply: 'function',
    redirects: 'object or undefined',
    replication: 'object or undefined',
    subscriptions: 'object or undefined',
  },
};

/**
 * Checks what a plugin has created, as far as that shows before it is used.
 * @throws {PluginError} `SHARDMUX_PLUGIN_BROKEN`; `SHARDMUX_PLUGIN_FAILED` with what a hash function threw.
 */
export function checkPart(kind: PluginKind, part: unknown, culprit: Culprit): void {
  if (kind === 'hash') checkHash(part, culprit);
  else checkMembers(shapes[kind], part, culprit);
}

/** @throws {PluginError} `SHARDMUX_PLUGIN_BROKEN`. */
export function checkMembers(shape: Readonly<Record<string, Member>>, part: unknown, culprit: Culprit): void {
  const wrong = Object.entries(shape).filter(
    ([name, member]) => !is(Reflect.get(Object(part), name), member),
  );
  if (wrong.length === 0) return;
  const missing = wrong.map(([name, member]) => `${name} (${member})`).join(', ');
  throw culprit.broke(`must create an object with ${missing}, and created ${describe(part)}`);
}

function is(value: unknown, member: Member): boolean {
  const [type, otherwise] = member.split(' or ');
  return value === null ? otherwise === 'null' : typeof value === type || typeof value === otherwise;
}

/** Keys of 1 to 64 bytes: a hash that gives signed numbers gives one below zero for some of them. */
const SAMPLES = Uint8Array.from({ length: 72 }, (_, i) => i * 151);
const START = 8;

function checkHash(part: unknown, culprit: Culprit): void {
  if (typeof part !== 'function')
    throw culprit.broke(`must create a function, and created ${describe(part)}`);
  for (let end = START + 1; end <= SAMPLES.length; end++) {
    const value = tryHash(part as HashFunction, end, culprit);
    if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) continue;
    const found = `${String(value)} for a key of ${end - START} bytes`;
    throw culprit.broke(`must return unsigned 32-bit integers (value >>> 0), and returned ${found}`);
  }
}

function tryHash(hash: HashFunction, end: number, culprit: Culprit): number {
  try {
    return hash(SAMPLES, START, end);
  } catch (cause) {
    throw culprit.failed(`cannot hash a key of ${end - START} bytes`, cause);
  }
}

function describe(part: unknown): string {
  if (part instanceof Promise) return 'a promise of it';
  return typeof part === 'object' && part !== null ? 'one without' : String(part);
}
