import type { Channel, ChannelHandler } from '@shardmux/plugin-api';

/** A connection that has failed before it began: in the next turn its handler hears why. */
export class ClosedChannel implements Channel {
  readonly remote: string;

  constructor(remote: string, handler: ChannelHandler, error: Error) {
    this.remote = remote;
    setImmediate(() => handler.closed(error));
  }

  write(): boolean {
    return true;
  }

  pause(): void {}

  resume(): void {}

  end(): void {}

  destroy(): void {}
}
