import type { OwnLinks } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { TrackingOptions } from './tracking-options.js';

const invalidateAll = ascii('>2\r\n$10\r\ninvalidate\r\n_\r\n');

/** Whether the keys of the next command are to be remembered. */
export type Caching = 'yes' | 'no';

/**
 * Servers remember which keys this client has read, and tell it when they change. They do so per connection, so the
 * client has one to each server for itself, on which all its commands go.
 *
 *   server ── invalidate ──► own link ──► client
 *   own link lost, or keys moved ───────► client: invalidate all
 */
export class Tracking implements OwnLinks {
  readonly options: TrackingOptions;
  readonly greeting: Uint8Array;
  /** Of the next command, where CLIENT CACHING said so. */
  caching: Caching | null = null;
  readonly #tell: (bytes: Uint8Array, start: number, end: number) => void;

  /** @param tell passes a push on to whom it concerns. */
  constructor(options: TrackingOptions, tell: (bytes: Uint8Array, start: number, end: number) => void) {
    this.options = options;
    this.greeting = encodeCommand('CLIENT', 'TRACKING', 'ON', ...options.words);
    this.#tell = tell;
  }

  /** News of what no command reads comes only on a connection that stands. */
  get eager(): boolean {
    return this.options.isBroadcast;
  }

  takeCaching(): Caching | null {
    const { caching } = this;
    this.caching = null;
    return caching;
  }

  onMessage(bytes: Uint8Array, start: number, end: number): void {
    this.#tell(bytes, start, end);
  }

  onLost(): void {
    this.#tell(invalidateAll, 0, invalidateAll.length);
  }
}
