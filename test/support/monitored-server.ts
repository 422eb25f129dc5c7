import { connectRaw, type RawClient, type RedisServer } from '@shardmux/testing';

/** The last command that a server is sent. */
const END = 'end-of-log';

/** What a server was sent, by its MONITOR. */
export class MonitoredServer {
  readonly server: RedisServer;
  readonly #monitor: RawClient;
  readonly #finished: Promise<void>;

  private constructor(server: RedisServer, monitor: RawClient, saw: (command: string[]) => void) {
    this.server = server;
    this.#monitor = monitor;
    this.#finished = this.#follow(saw);
  }

  /** @param saw told of each command, its name in upper case. Of arguments that are not plain it knows what MONITOR writes. */
  static async start(server: RedisServer, saw: (command: string[]) => void): Promise<MonitoredServer> {
    const monitor = await connectRaw(server.endpoint);
    await monitor.command('MONITOR');
    return new MonitoredServer(server, monitor, saw);
  }

  /** Resolves when all that the server was sent by now was told. */
  async finish(): Promise<void> {
    const client = await connectRaw(this.server.endpoint);
    await client.command('ECHO', END);
    await client.close();
    await this.#finished;
    await this.#monitor.close();
  }

  async #follow(saw: (command: string[]) => void): Promise<void> {
    for (;;) {
      const line = String(await this.#monitor.readRaw());
      const [name, ...args] = Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, argument]) => argument);
      if (name === undefined) continue;
      if (args[0] === END) return;
      saw([name.toUpperCase(), ...args]);
    }
  }
}
