import type { ChannelHandler } from '@shardmux/plugin-api';
import { Condition } from '../condition.js';

export type ChannelEvent = keyof ChannelHandler;

/** Writes down all that one channel tells its handler. */
export class ChannelLog implements ChannelHandler {
  readonly events: ChannelEvent[] = [];
  /** Events that came from within a call to the channel. */
  readonly nested: string[] = [];
  /** Ranges that do not lie in the bytes they came with. */
  readonly badRanges: string[] = [];
  /** Done from within each event of the kind. */
  readonly reactions: { [event in ChannelEvent]?: () => void } = {};
  error: Error | null = null;
  length = 0;
  readonly #chunks: Buffer[] = [];
  readonly #condition = new Condition();
  #call: string | null = null;

  /** All bytes that came. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  count(event: ChannelEvent): number {
    return this.events.filter((each) => each === event).length;
  }

  until(holds: () => boolean): Promise<void> {
    return this.#condition.until(holds);
  }

  /** Runs a call to the channel, from within which no event may come. */
  during<T>(call: string, run: () => T): T {
    const outer = this.#call;
    this.#call = call;
    try {
      return run();
    } finally {
      this.#call = outer;
    }
  }

  opened(): void {
    this.#tell('opened');
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    const isRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end;
    if (!isRange || end > bytes.length) this.badRanges.push(`[${start}, ${end}) of ${bytes.length} bytes`);
    const chunk = Buffer.from(bytes.subarray(start, end));
    this.#chunks.push(chunk);
    this.length += chunk.length;
    this.#tell('received');
  }

  drained(): void {
    this.#tell('drained');
  }

  ended(): void {
    this.#tell('ended');
  }

  closed(error: Error | null): void {
    this.error = error;
    this.#tell('closed');
  }

  #tell(event: ChannelEvent): void {
    this.events.push(event);
    if (this.#call !== null) this.nested.push(`${event} from within ${this.#call}`);
    this.reactions[event]?.();
    this.#condition.changed();
  }
}
