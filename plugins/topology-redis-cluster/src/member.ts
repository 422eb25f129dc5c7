import { createRequire } from 'node:module';
import { formatEndpoint } from '@shardmux/plugin-api';
import type { Redis, RedisOptions } from 'ioredis';
import { type Address, type NatMap, resolveAddress } from './address.js';
import type { ClusterView } from './cluster-view.js';
import { infoField, parseShards, parseSlots } from './replies.js';

/** How long a server may take to accept, and to answer, in ms. */
const PATIENCE = 1_000;
/** How a connection ends that nobody takes, or keeps. */
const REFUSALS: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

const require = createRequire(import.meta.url);

/** How servers are asked, wherever they are. */
export interface Access {
  readonly login: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
  readonly natMap: NatMap;
}

/** Whether a server is there. One that is silent may be frozen, or out of reach from here alone. */
type Sign = 'answers' | 'silent' | 'refuses';

/**
 * A server of the cluster, and the connection by which it is asked.
 *
 *   new ──ask──► open ──close, or any fault──► over: whoever wants to ask again takes another one
 */
export class Member {
  readonly address: Address;
  readonly #access: Access;
  readonly #redis: Redis;
  readonly #ended: Promise<void>;
  #asking: Promise<ClusterView> | null = null;
  #isOver = false;
  /** Why the connection is lost: commands are only told that it is. */
  #fault: NodeJS.ErrnoException | null = null;

  constructor(address: Address, access: Access) {
    this.address = address;
    this.#access = access;
    // Loaded by those alone who use it.
    const ioredis = require('ioredis') as typeof import('ioredis');
    this.#redis = new ioredis.Redis({
      ...access.login,
      host: address.host,
      port: address.port,
      protocol: 2,
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
      disableClientInfo: true,
      connectTimeout: PATIENCE,
      socketTimeout: PATIENCE,
      disconnectTimeout: 0,
    });
    this.#redis.on('error', (error) => {
      this.#fault ??= error;
    });
    this.#ended = new Promise((resolve) => {
      this.#redis.once('end', resolve);
    });
  }

  get isOpen(): boolean {
    return this.#redis.status === 'ready';
  }

  get isOver(): boolean {
    return this.#isOver || this.#redis.status === 'end';
  }

  /**
   * What it sees. Who asks while another question is under way, gets the answer to that one.
   * @throws an error that says where and why.
   */
  ask(): Promise<ClusterView> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** @throws the server's error, or that of the connection. */
  call(command: string, ...args: string[]): Promise<unknown> {
    return this.#redis.call(command, ...args);
  }

  /** Any answer will do, an error too. */
  async knock(): Promise<Sign> {
    try {
      await this.#redis.call('PING');
      return 'answers';
    } catch (error) {
      if ((error as Error).name === 'ReplyError') return 'answers';
      const isRefused = this.#fault === null ? !this.#isOver : REFUSALS.includes(this.#fault.code);
      return isRefused ? 'refuses' : 'silent';
    }
  }

  /** Resolves when its connection is gone. What is asked meanwhile is answered by an error. */
  close(): Promise<void> {
    this.#isOver = true;
    this.#redis.disconnect();
    return this.#ended;
  }

  async #ask(): Promise<ClusterView> {
    try {
      const [info, shards] = await Promise.all([this.#redis.call('CLUSTER', 'INFO'), this.#shards()]);
      return {
        from: this.address,
        isUp: infoField(info, 'cluster_state') === 'ok',
        epoch: Number(infoField(info, 'cluster_current_epoch')),
        shards,
      };
    } catch (cause) {
      void this.close();
      const { message, code = '' } = this.#fault ?? (cause as NodeJS.ErrnoException);
      throw new Error(`${formatEndpoint(this.address)}: ${message || code}`, { cause });
    }
  }

  async #shards(): Promise<ClusterView['shards']> {
    const { login, natMap } = this.#access;
    const resolve = (host: string, port: number) => resolveAddress(host, port, this.address.host, natMap);
    const reply = await this.#redis.call('CLUSTER', 'SHARDS').catch(() => null);
    return reply === null
      ? parseSlots(await this.#redis.call('CLUSTER', 'SLOTS'), resolve)
      : parseShards(reply, login.tls !== undefined, resolve);
  }
}
