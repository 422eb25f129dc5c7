import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '@shardmux/plugin-api';
import { FixtureError } from './fixture-error.js';
import { freePort } from './free-port.js';
import { type Launch, ServerFixture, started } from './server-fixture.js';

const PROGRAM = { name: 'java', debianPackage: 'zookeeper' };
/** Names the others that it needs. */
const ARCHIVE = '/usr/share/java/zookeeper.jar';
const HOST = '127.0.0.1';
/** How long it may take to say that it serves, in ms. */
const PATIENCE = 500;
/** How long a Java machine may take to come up while others do, in ms. */
const START_LIMIT = 30_000;

/**
 * Starts a real ZooKeeper, a single server, on a free port. Resolves when it answers, after a second or two.
 * @throws {FixtureError} `SHARDMUX_FIXTURE_MISSING` or `SHARDMUX_FIXTURE_FAILED`.
 */
export async function startZooKeeper(): Promise<ZooKeeperServer> {
  if (!existsSync(ARCHIVE)) {
    const message =
      'ZooKeeper is not installed: Debian has it in the package "zookeeper" (apt-get install zookeeper)';
    throw new FixtureError('SHARDMUX_FIXTURE_MISSING', message);
  }
  return started(new ZooKeeperServer(await freePort(HOST)));
}

/** Each start goes on with the data that it has. */
export class ZooKeeperServer extends ServerFixture {
  readonly host = HOST;
  readonly port: number;
  readonly endpoint: Endpoint;
  readonly #args: readonly string[];

  constructor(port: number) {
    super();
    this.port = port;
    this.endpoint = { kind: 'tcp', host: HOST, port };
    const config = [
      `dataDir=${this.folder.path}`,
      `clientPort=${port}`,
      `clientPortAddress=${HOST}`,
      // Sessions last as long as they are asked to, within 200 ms and a minute.
      'tickTime=100',
      'maxSessionTimeout=60000',
      'maxClientCnxns=0',
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
    ];
    this.#args = [
      ...['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'],
      // Logs of 64 MiB are much to write for a test.
      ...['-Dzookeeper.preAllocSize=64', '-Dzookeeper.forceSync=no'],
      ...['-cp', ARCHIVE, 'org.apache.zookeeper.server.ZooKeeperServerMain'],
      this.folder.write('zoo.cfg', config.join('\n')),
    ];
  }

  protected launch(): Launch {
    return { program: PROGRAM, args: this.#args, limit: START_LIMIT };
  }

  protected async answers(): Promise<boolean> {
    const socket = connect(this.port, HOST);
    // What comes while it starts may never be answered.
    socket.setTimeout(PATIENCE, () => socket.destroy());
    try {
      socket.write('srvr');
      return (await text(socket)).includes('Mode: standalone');
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
