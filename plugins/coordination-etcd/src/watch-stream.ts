import type { IncomingMessage } from 'node:http';
import { Backoff } from '@shardmux/plugin-coordination-embedded';
import type { Gateway } from './gateway.js';

/** A connection can be dead without a sign, so a stream is opened anew after so long, in ms. */
const LIFETIME = 5_000;

interface WatchMessage {
  readonly error?: unknown;
  /** It is cancelled where its events were compacted away. */
  readonly result?: { readonly canceled?: boolean };
}

/**
 * One watch. Each of its streams begins with a message once it misses nothing any more, and so with a call of `changed`
 * for all that came before: no revision need be kept, and none can be compacted away.
 *
 *   open ──message──► changed ──message──► changed …
 *    ▲                   └── LIFETIME, end, cancelled ──┐
 *    └────────────── at once, or after a while ◄────────┘
 */
export class WatchStream {
  readonly #gateway: Gateway;
  readonly #request: object;
  readonly #changed: () => void;
  readonly #backoff = new Backoff();
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #stream: IncomingMessage | null = null;

  /** @param range its `key` and `range_end`. */
  constructor(gateway: Gateway, range: object, changed: () => void) {
    this.#gateway = gateway;
    this.#request = { create_request: range };
    this.#changed = changed;
    void this.#open();
  }

  /** May be called twice. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#stream?.destroy();
  }

  async #open(): Promise<void> {
    try {
      this.#stream = await this.#gateway.stream('watch', this.#request);
      if (this.#isEnded) return void this.#stream.destroy();
      await this.#follow(this.#stream);
    } catch {
      // It is opened anew, and where that fails the gateway tells.
    }
    clearTimeout(this.#timer);
    if (!this.#isEnded) this.#timer = setTimeout(() => this.#open(), this.#backoff.next());
  }

  /** Resolves when the stream has ended. */
  async #follow(stream: IncomingMessage): Promise<void> {
    this.#timer = setTimeout(() => stream.destroy(), LIFETIME);
    for await (const { error, result } of messagesOf(stream)) {
      if (this.#isEnded || error !== undefined || result?.canceled) break;
      this.#backoff.reset();
      this.#changed();
    }
  }
}

/** A message is a line. */
async function* messagesOf(stream: IncomingMessage): AsyncGenerator<WatchMessage> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const part of stream) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as WatchMessage;
  }
}
