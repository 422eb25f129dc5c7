import type { Channel, Transport } from '@shardmux/plugin-api';
import type { Proof } from '../proof.js';
import { type ChannelEvent, ChannelLog } from './channel-log.js';

/** How the channel came to be. */
export type Side = 'connected' | 'accepted';

/** A channel of the transport that is being proven, with all that it tells. */
export class WatchedChannel {
  readonly side: Side;
  readonly log = new ChannelLog();
  readonly #proof: Proof;
  readonly #flush: Transport['flush'];
  readonly #channel: Channel;

  constructor(proof: Proof, transport: Transport, side: Side, open: (log: ChannelLog) => Channel) {
    this.side = side;
    this.#proof = proof;
    this.#flush = transport.flush;
    this.#channel = this.log.during('connect', () => open(this.log));
    proof.finally(() => this.#channel.destroy());
  }

  get remote(): string {
    return this.#channel.remote;
  }

  write(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    return this.log.during('write', () => {
      const taken = this.#channel.write(bytes, start, end);
      this.#flush?.();
      return taken;
    });
  }

  pause(): void {
    this.log.during('pause', () => this.#channel.pause());
  }

  resume(): void {
    this.log.during('resume', () => this.#channel.resume());
  }

  end(): void {
    this.log.during('end', () => this.#channel.end());
  }

  destroy(): void {
    this.log.during('destroy', () => this.#channel.destroy());
  }

  async told(event: ChannelEvent): Promise<void> {
    const told = this.log.until(() => this.log.events.includes(event));
    await this.#proof.settled(`"${event}" on the ${this.side} channel`, told);
  }

  /** The bytes that came, once there are as many. */
  async bytes(length: number): Promise<Buffer> {
    const come = this.log.until(() => this.log.length >= length);
    await this.#proof.settled(`receiving ${length} bytes on the ${this.side} channel`, come);
    return this.log.bytes;
  }

  breach(detail: string): never {
    return this.#proof.breach(`on the ${this.side} channel, ${detail}`);
  }
}
