import type { ChannelHandler } from '@shardmux/plugin-api';

/** Writes down all that a channel tells. */
export class Recorder implements ChannelHandler {
  readonly events: string[] = [];
  readonly chunks: Buffer[] = [];
  error: Error | null = null;
  /** Bytes received in all. */
  length = 0;
  onDrained: (() => void) | null = null;
  readonly #waiting = new Set<{ condition: () => boolean; resolve: () => void }>();

  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ condition, resolve }));
  }

  happened(event: string): Promise<void> {
    return this.until(() => this.events.includes(event));
  }

  get text(): Buffer {
    return Buffer.concat(this.chunks);
  }

  #tell(event: string): void {
    this.events.push(event);
    for (const waiter of [...this.#waiting]) {
      if (!waiter.condition()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  opened(): void {
    this.#tell('opened');
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.chunks.push(Buffer.from(bytes.subarray(start, end)));
    this.length += end - start;
    this.#tell('received');
  }

  drained(): void {
    this.onDrained?.();
    this.#tell('drained');
  }

  ended(): void {
    this.#tell('ended');
  }

  closed(error: Error | null): void {
    this.error = error;
    this.#tell('closed');
  }
}
