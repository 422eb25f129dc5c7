import {
  type Argument,
  connectRaw,
  encodeCommand,
  type RawClient,
  type RedisServer,
  startRedis,
} from '@shardmux/testing';
import { Shards } from './shards.js';

/** The version of the protocol that both sides speak. */
export type Protocol = 2 | 3;

/** What the two sides answered to one command. */
export interface Exchange {
  readonly ours: Buffer;
  readonly plain: Buffer;
}

const CLEAN = [
  ['FLUSHALL', 'SYNC'],
  ['SCRIPT', 'FLUSH', 'SYNC'],
  ['FUNCTION', 'FLUSH', 'SYNC'],
];

/**
 * What is under test, and one plain Redis beside it. Both are told the same:
 *
 *   commands ──┬──► proxy ──► three servers     `ours`
 *              └──► one server                  `plain`
 */
export class Twins {
  readonly plain: RedisServer;
  readonly #subject: Subject;
  readonly #protocol: Protocol;

  private constructor(subject: Subject, plain: RedisServer, protocol: Protocol) {
    this.#subject = subject;
    this.plain = plain;
    this.#protocol = protocol;
  }

  /** @param subject by default a proxy over three shards. */
  static async start(protocol: Protocol, subject?: Subject): Promise<Twins> {
    const plain = await startRedis({ args: ['--enable-debug-command', 'local'] });
    return new Twins(subject ?? (await Shards.start(3, ['hashTag: "{}"'])), plain, protocol);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#subject.stop(), this.plain.stop()]);
  }

  /** A new connection to each. */
  async connect(): Promise<TwinClients> {
    const [ours, plain] = await Promise.all([
      connectRaw(this.#subject.endpoint),
      connectRaw(this.plain.endpoint),
    ]);
    const clients = new TwinClients(ours, plain);
    if (this.#protocol === 3) await clients.exchange([['HELLO', '3']]);
    return clients;
  }

  /** Drops all keys, scripts and functions on every server. */
  async clean(): Promise<void> {
    await Promise.all([...this.#subject.servers, this.plain].map((server) => ask(server, CLEAN)));
  }

  /**
   * A key that is not the same on the plain server and on exactly one of ours, expiry included; of a stream its entries
   * alone. Null: there is none.
   */
  async differingKey(): Promise<{ key: string; ours: string; plain: string } | null> {
    const expected = await digests(this.plain);
    const parts = await Promise.all(this.#subject.servers.map(digests));
    const keys = new Set([expected, ...parts].flatMap((part) => [...part.keys()]));
    for (const key of keys) {
      const ours = parts.flatMap((part) => part.get(key) ?? []).join(' and ');
      const plain = expected.get(key) ?? '';
      if (ours !== plain) return { key, ours, plain };
    }
    return null;
  }
}

/** A server, or several behind a proxy. */
export type Subject = Pick<Shards, 'servers' | 'endpoint' | 'stop'>;

/** A connection to either side. */
export class TwinClients {
  readonly ours: RawClient;
  readonly plain: RawClient;

  constructor(ours: RawClient, plain: RawClient) {
    this.ours = ours;
    this.plain = plain;
  }

  /** Sends the commands in one write to each; one reply to each command from each. */
  async exchange(commands: readonly (readonly Argument[])[]): Promise<Exchange[]> {
    const bytes = Buffer.concat(commands.map(encodeCommand));
    this.ours.send(bytes);
    this.plain.send(bytes);
    const replies = commands.map(() => Promise.all([this.ours.readRaw(), this.plain.readRaw()]));
    return (await Promise.all(replies)).map(([ours, plain]) => ({ ours, plain }));
  }

  async close(): Promise<void> {
    await Promise.all([this.ours.close(), this.plain.close()]);
  }
}

async function ask(
  { endpoint }: RedisServer,
  commands: readonly (readonly Argument[])[],
): Promise<unknown[]> {
  const client = await connectRaw(endpoint);
  const replies = await client.pipeline(commands);
  await client.close();
  return replies;
}

/** Of each key, in Latin-1, what tells its value from all others. */
async function digests(server: RedisServer): Promise<Map<string, string>> {
  const [keys] = (await ask(server, [['KEYS', '*']])) as [Buffer[]];
  const replies = await ask(
    server,
    keys.map((key) => ['DEBUG', 'DIGEST-VALUE', key]),
  );
  return new Map(keys.map((key, i) => [key.toString('latin1'), String(replies[i])]));
}
