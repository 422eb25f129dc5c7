import type { ChannelHandler } from '@shardmux/plugin-api';
import { vi } from 'vitest';

/** Writes down what a channel tells. */
export class Recorder implements ChannelHandler {
  readonly events: string[] = [];
  error: Error | null = null;
  text = '';

  happened(event: string): Promise<boolean> {
    return vi.waitUntil(() => this.events.includes(event), { timeout: 5_000, interval: 2 });
  }

  opened(): void {
    this.events.push('opened');
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.text += Buffer.from(bytes.subarray(start, end)).toString('latin1');
    this.events.push('received');
  }

  drained(): void {
    this.events.push('drained');
  }

  ended(): void {
    this.events.push('ended');
  }

  closed(error: Error | null): void {
    this.error = error;
    this.events.push('closed');
  }
}
