import { connect, type Socket } from 'node:net';
import { AbstractConnector, type RedisOptions } from 'ioredis';

/** As an application writes one: it opens a socket of its own, and knows how to end. */
export class OwnConnector extends AbstractConnector {
  readonly options: RedisOptions;

  constructor(options: RedisOptions) {
    super(options.disconnectTimeout ?? 0);
    this.options = options;
  }

  async connect(): Promise<Socket> {
    const { host = 'localhost', port = 6379 } = this.options;
    this.stream = connect(port, host);
    return this.stream;
  }
}
