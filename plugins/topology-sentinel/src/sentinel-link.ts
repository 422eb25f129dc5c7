import { createRequire } from 'node:module';
import type { TcpEndpoint } from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { Redis, RedisOptions } from 'ioredis';
import { Bell } from './bell.js';
import type { NatMap } from './options.js';
import { type MasterReplies, parseMaster } from './replies.js';
import type { MasterView, SentinelView } from './sentinel-view.js';

/** How long a Sentinel may take to accept, and to answer, in ms. */
const PATIENCE = 1_000;

const require = createRequire(import.meta.url);

/** How Sentinels are asked, and after whom. */
export interface Access {
  readonly login: Pick<RedisOptions, 'username' | 'password'>;
  /** Names of masters. */
  readonly masters: readonly string[];
  readonly natMap: NatMap;
}

/**
 * The two connections to a Sentinel: by one it is asked, by the other it tells what happens.
 *
 *   new ──open──► open ──close, or any fault──► over: whoever wants to ask again takes another one
 */
export class SentinelLink {
  /** Rings when anything has happened, be it that a connection is lost. */
  readonly bell = new Bell();
  readonly #address: TcpEndpoint;
  readonly #access: Access;
  readonly #asking: Redis;
  readonly #hearing: Redis;
  readonly #ended: Promise<unknown>;
  /** Why a connection is lost: commands are only told that it is. */
  #fault: NodeJS.ErrnoException | null = null;

  constructor(address: TcpEndpoint, access: Access) {
    this.#address = address;
    this.#access = access;
    this.#asking = this.#connection();
    this.#hearing = this.#connection();
    this.#hearing.on('pmessage', () => this.bell.ring());
    this.#ended = Promise.all(
      [this.#asking, this.#hearing].map((redis) => {
        redis.on('error', (error) => {
          this.#fault ??= error;
        });
        return new Promise((resolve) => redis.once('end', resolve)).then(() => this.bell.ring());
      }),
    );
  }

  /**
   * Resolves when it hears what happens from now on.
   * @throws an error that says where and why.
   */
  open(): Promise<void> {
    return this.#attempt(async () => {
      await this.#hearing.psubscribe('*');
    });
  }

  /**
   * What it says of the masters that it watches.
   * @throws an error that says where and why.
   */
  read(): Promise<SentinelView> {
    return this.#attempt(async () => {
      if (this.#hearing.status === 'end') throw new Error('the connection is closed');
      const { masters } = this.#access;
      const pipeline = this.#asking.pipeline().call('SENTINEL', 'MYID');
      for (const name of masters) {
        // The epoch before the address: should a switch come between, the new primary counts for less, not the old for more.
        for (const what of ['MASTER', 'GET-MASTER-ADDR-BY-NAME', 'REPLICAS', 'SENTINELS']) {
          pipeline.call('SENTINEL', what, name);
        }
      }
      const [id, ...replies] = (await pipeline.exec()) ?? [];
      const known = masters.flatMap((name, i) => this.#masterOf(name, replies.slice(4 * i, 4 * i + 4)));
      // Before Redis 6.2 they do not tell their ids.
      return { id: String(id[1] ?? formatEndpoint(this.#address)), masters: new Map(known) };
    });
  }

  /** Resolves when its connections are gone. What is asked meanwhile is answered by an error. */
  async close(): Promise<void> {
    this.#asking.disconnect();
    this.#hearing.disconnect();
    await this.#ended;
  }

  #masterOf(name: string, replies: readonly [Error | null, unknown][]): [string, MasterView][] {
    const errors = replies.flatMap(([error]) => error ?? []);
    if (errors.some(({ message }) => message.startsWith('ERR No such master'))) return [];
    if (errors.length > 0) throw errors[0];
    const [master, address, replicas, others] = replies.map(([, reply]) => reply);
    const known: MasterReplies = [master, address, replicas, others];
    return [[name, parseMaster(known, this.#access.natMap)]];
  }

  async #attempt<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (cause) {
      const { message, code = '' } = this.#fault ?? (cause as NodeJS.ErrnoException);
      throw new Error(`${formatEndpoint(this.#address)}: ${message || code}`, { cause });
    }
  }

  #connection(): Redis {
    // Loaded by those alone who use it.
    const ioredis = require('ioredis') as typeof import('ioredis');
    return new ioredis.Redis({
      ...this.#access.login,
      host: this.#address.host,
      port: this.#address.port,
      protocol: 2,
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
      disableClientInfo: true,
      connectTimeout: PATIENCE,
      socketTimeout: PATIENCE,
      disconnectTimeout: 0,
    });
  }
}
