import { setTimeout as sleep } from 'node:timers/promises';
import { FixtureError } from './fixture-error.js';
import type { RedisServer } from './redis-server.js';
import { Sentinel } from './sentinel.js';

/** How long Sentinels may take to be as they are waited for, in ms. */
const LIMIT = 30_000;
const POLL_INTERVAL = 20;
/**
 * How much later than the first two all others see that a server is silent, in ms. Each that sees it votes for itself:
 * without voters that have not seen it yet, no Sentinel would get most votes.
 */
const VOTERS_DELAY = 300;

type Address = Pick<RedisServer, 'host' | 'port'>;

export interface SentinelsOptions {
  /** The primaries that they watch, by name. */
  readonly masters: Readonly<Record<string, Address>>;
  /** How many replicas each primary has: one unless told. */
  readonly replicas?: number;
  /** How many Sentinels there are: 3 unless told. */
  readonly count?: number;
  /** How many of them must agree that a primary is gone: most of them unless told. */
  readonly quorum?: number;
  /** How long a server may be silent until the first two Sentinels count it as gone, in ms: 500 unless told. */
  readonly downAfter?: number;
  /** How long a failover may take, in ms: 2,000 unless told. One without a leader is begun anew after twice as long. */
  readonly failoverTimeout?: number;
}

/**
 * Starts real Redis Sentinels. Resolves when they know each other and all replicas.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startSentinels(options: SentinelsOptions): Promise<Sentinels> {
  const { masters, replicas = 1, count = 3, downAfter = 500, failoverTimeout = 2_000 } = options;
  const { quorum = Math.floor(count / 2) + 1 } = options;
  const linesOf = (_: unknown, sentinel: number) =>
    Object.entries(masters).flatMap(([name, { host, port }]) => [
      `sentinel monitor ${name} ${host} ${port} ${quorum}`,
      `sentinel down-after-milliseconds ${name} ${downAfter + (sentinel < 2 ? 0 : VOTERS_DELAY)}`,
      `sentinel failover-timeout ${name} ${failoverTimeout}`,
    ]);
  const configurations = Array.from({ length: count }, linesOf);
  const started = await Promise.allSettled(configurations.map((lines) => Sentinel.start(lines)));
  const members = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const sentinels = new Sentinels(members, Object.keys(masters), replicas);
  try {
    for (const each of started) if (each.status === 'rejected') throw each.reason;
    await sentinels.settled();
  } catch (error) {
    await sentinels.stop();
    throw error;
  }
  return sentinels;
}

/** Sentinels that watch the same servers. */
export class Sentinels {
  readonly members: readonly Sentinel[];
  readonly #names: readonly string[];
  readonly #replicas: number;

  constructor(members: readonly Sentinel[], names: readonly string[], replicas: number) {
    this.members = members;
    this.#names = names;
    this.#replicas = replicas;
  }

  /** Which port a master's primary has, says the first Sentinel. */
  async primaryOf(name: string): Promise<number> {
    return primaryOf(this.members[0], name);
  }

  /** Has a replica take its primary's place, though that one is well. Resolves when all Sentinels that run say so. */
  async failover(name: string): Promise<void> {
    let before: number | undefined;
    await this.#until('done with the failover', async () => {
      const answers = await Promise.allSettled(this.members.map((each) => primaryOf(each, name)));
      const ports = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
      const [port, ...others] = new Set(ports.filter((each) => each !== null));
      before ??= port;
      if (others.length > 0) return false;
      if (port !== before) return true;
      // Refused while it is under way. It is given up where a server was slow to answer, and has to be begun anew.
      await this.members[ports.indexOf(port)].ask('SENTINEL', 'FAILOVER', name);
      return false;
    });
  }

  /** Resolves when all Sentinels and servers run, and all agree on who is a primary, and who a good copy of it. */
  async settled(): Promise<void> {
    await this.#until('of one mind', async () => {
      const views = await Promise.all(this.members.map((each) => this.#viewOf(each)));
      return views.every((view) => view !== null && view === views[0]);
    });
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((sentinel) => sentinel.stop()));
  }

  /** All primaries, or `null` where a server or another Sentinel is missing. */
  async #viewOf(sentinel: Sentinel): Promise<string | null> {
    const primaries: number[] = [];
    for (const name of this.#names) {
      const replicas = recordsOf(await sentinel.ask('SENTINEL', 'REPLICAS', name));
      const others = recordsOf(await sentinel.ask('SENTINEL', 'SENTINELS', name));
      const good = replicas.filter(
        (each) => each.get('flags') === 'slave' && each.get('master-link-status') === 'ok',
      );
      const well = others.filter((each) => each.get('flags') === 'sentinel');
      if (good.length !== this.#replicas || well.length !== this.members.length - 1) return null;
      primaries.push(await primaryOf(sentinel, name));
    }
    return primaries.join();
  }

  async #until(state: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + LIMIT;
    while (!(await holds())) {
      if (Date.now() > deadline) {
        const logs = this.members.map(({ log }) => log).join('\n');
        throw new FixtureError(
          'SHARDMUX_FIXTURE_FAILED',
          `the Sentinels are not ${state} after ${LIMIT} ms:\n${logs}`,
        );
      }
      await sleep(POLL_INTERVAL);
    }
  }
}

async function primaryOf(sentinel: Sentinel, name: string): Promise<number> {
  const [, port] = (await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[];
  return Number(port);
}

/** A list of maps of RESP2: keys and values in turn. */
function recordsOf(reply: unknown): ReadonlyMap<unknown, unknown>[] {
  return (reply as unknown[][]).map(
    (items) => new Map(items.flatMap((key, i) => (i % 2 === 0 ? [[key, items[i + 1]]] : []))),
  );
}
