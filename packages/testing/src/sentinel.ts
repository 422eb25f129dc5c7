import type { Endpoint } from '@shardmux/plugin-api';
import { freePort } from './free-port.js';
import { connectRaw } from './raw-client.js';
import type { Reply } from './reply.js';
import { type Launch, ServerFixture, started } from './server-fixture.js';

const HOST = '127.0.0.1';
const PROGRAM = { name: 'redis-server', debianPackage: 'redis-server' };

/** How often a Sentinel does what it does, in ms: by itself it takes up to 15 seconds. */
const HASTE = [
  ...['ASK-PERIOD', '100', 'INFO-PERIOD', '100', 'MIN-LINK-RECONNECT-PERIOD', '100'],
  // A replica is promoted only if it told of itself within five times that, and during a failover it does so once a second.
  ...['PING-PERIOD', '300'],
  // Four times as long after a failover, whom it does not know as a primary is made a replica: all must know by then.
  ...['PUBLISH-PERIOD', '500'],
];

/** One Redis Sentinel. Each start goes on with what it knew. */
export class Sentinel extends ServerFixture {
  readonly host = HOST;
  readonly port: number;
  readonly endpoint: Extract<Endpoint, { readonly kind: 'tcp' }>;
  /** The Sentinel itself writes there what it learns. */
  readonly #file: string;

  private constructor(port: number, lines: readonly string[]) {
    super();
    this.port = port;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    this.#file = this.folder.write(
      'sentinel.conf',
      [`port ${port}`, `bind ${HOST}`, `dir ${this.folder.path}`, ...lines, ''].join('\n'),
    );
  }

  /**
   * Resolves when it answers.
   * @param lines of its configuration, besides where it listens.
   * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
   */
  static async start(lines: readonly string[]): Promise<Sentinel> {
    return started(new Sentinel(await freePort(HOST), lines));
  }

  override async restart(): Promise<void> {
    await super.restart();
    await this.ask('SENTINEL', 'DEBUG', ...HASTE);
  }

  /** @throws the system's error where it does not run. */
  async ask(...command: string[]): Promise<Reply> {
    const client = await connectRaw(this.endpoint, { strings: true });
    try {
      return await client.command(...command);
    } finally {
      await client.close();
    }
  }

  protected launch(): Launch {
    return { program: PROGRAM, args: [this.#file, '--sentinel'] };
  }

  protected async answers(): Promise<boolean> {
    return (await this.ask('PING').catch(String)) === 'PONG';
  }
}
