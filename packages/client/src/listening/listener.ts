import type { EventEmitter } from 'node:events';
import {
  type DecodedCommand,
  type Errand,
  type Membership,
  type ReplyReader,
  type Subscriber,
  SubscriptionKind,
} from '@shardmux/plugin-api';
import type { Call } from '../calls/call.js';
import { tell } from '../calls/call-back.js';
import type { OwnSubscriptions } from '../calls/dispatcher.js';

const { channel, pattern, shardChannel } = SubscriptionKind;

const subscribing = new Map<string, SubscriptionKind>([
  ['subscribe', channel],
  ['psubscribe', pattern],
  ['ssubscribe', shardChannel],
]);
const unsubscribing = new Map<string, SubscriptionKind>([
  ['unsubscribe', channel],
  ['punsubscribe', pattern],
  ['sunsubscribe', shardChannel],
]);

const AS_BYTES = { buffers: true, stringNumbers: false };
const NOTHING = new Uint8Array(0);

/**
 * What one client has subscribed to, and the events that it has of it, which are those of ioredis.
 *
 *   subscribe('news') ──► errand ──► servers confirm ──► the call's value: how many subscriptions there are
 *                                       └── messages ──► 'message', 'pmessage', 'smessage' and their buffers
 *
 * Messages come over links that all clients of the pool share, so that those of the calls stay as they are.
 */
export class Listener implements OwnSubscriptions, Subscriber {
  readonly #emitter: EventEmitter;
  readonly #reader: ReplyReader;
  #membership: Membership | null = null;

  constructor(emitter: EventEmitter, reader: ReplyReader) {
    this.#emitter = emitter;
    this.#reader = reader;
  }

  changeBy(command: DecodedCommand, call: Call): Errand | null {
    const { spec } = command;
    const added = subscribing.get(spec.name);
    const kind = added ?? unsubscribing.get(spec.name);
    if (kind === undefined) return null;
    const names = namesIn(command);
    return {
      kind: 'errand',
      spec,
      blocks: false,
      run: async ({ subscriptions }) => {
        this.#membership ??= subscriptions.join(this);
        const membership = this.#membership;
        if (added === undefined) {
          await membership.unsubscribe(kind, names.length > 0 ? names : membership.names(kind));
        } else {
          const refusal = await membership.subscribe(kind, names);
          if (refusal !== null) return refusal;
        }
        const count = countOf(membership, kind);
        call.finish(call.read.stringNumbers ? String(count) : count);
        return NOTHING;
      },
    };
  }

  leave(): void {
    this.#membership?.leave();
  }

  // ─── Subscriber ───────────────────────────────────────────────────────────

  deliver(bytes: Uint8Array, start: number, end: number): void {
    const [word, ...parts] = this.#reader.read(bytes, start, end, AS_BYTES) as Buffer[];
    const event = String(word);
    const emitter = this.#emitter;
    if (emitter.listenerCount(event) > 0) tell(() => emitter.emit(event, ...parts.map(String)));
    const inBytes = event === 'pmessage' ? [String(parts[0]), ...parts.slice(1)] : parts;
    tell(() => emitter.emit(`${event}Buffer`, ...inBytes));
  }

  subscribed(): void {}

  unsubscribed(): void {}
}

function namesIn(command: DecodedCommand): Uint8Array[] {
  return Array.from({ length: command.argCount - 1 }, (_, i) =>
    Buffer.from(command.bytes.subarray(command.argStart(i + 1), command.argEnd(i + 1))),
  );
}

/** As Redis counts: channels and patterns together, shard channels by themselves. */
function countOf(membership: Membership, kind: SubscriptionKind): number {
  if (kind === shardChannel) return membership.count(kind);
  return membership.count(channel) + membership.count(pattern);
}
