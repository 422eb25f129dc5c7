import type { LinkState, PrivateLink } from '@shardmux/plugin-api';
import { MINUS } from '../../ascii.js';
import { encodeCommand } from '../../request/encode-command.js';

/**
 * The connection on which a client watches keys. What the client selects meanwhile, a database or a protocol, does not
 * unwatch them, so it is selected here as well.
 *
 *   leased ──► WATCH ──► … ──► EXEC, UNWATCH ──► released, or closed where it is not as it was when it was leased
 */
export class WatchingLink {
  readonly #link: PrivateLink;
  readonly #leasedAs: LinkState | null;
  #state: LinkState | null;

  /** @param state that the link has. */
  constructor(link: PrivateLink, state: LinkState | null) {
    this.#link = link;
    this.#leasedAs = state;
    this.#state = state;
  }

  get node(): string {
    return this.#link.node;
  }

  get isClosed(): boolean {
    return this.#link.isClosed;
  }

  /**
   * Resolves with the last reply, or with the server's error where it does not take what was selected.
   * @param state that the request is to find.
   */
  async ask(request: Uint8Array, state: LinkState | null, replies = 1): Promise<Uint8Array> {
    for (const change of changesOf(this.#state, state)) {
      const reply = await this.#link.ask(change);
      if (reply[0] === MINUS) {
        this.close();
        return reply;
      }
    }
    this.#state = state;
    return this.#link.ask(request, replies);
  }

  release(): void {
    if (this.#state === this.#leasedAs) {
      this.#link.release();
      return;
    }
    this.close();
    // What the server remembered of the client is lost with it.
    this.#leasedAs?.own?.onLost();
  }

  close(): void {
    this.#link.close();
  }
}

function changesOf(from: LinkState | null, to: LinkState | null): Uint8Array[] {
  const changes: Uint8Array[] = [];
  const [before, now] = [from, to].map((state) => state?.protocol ?? 0);
  if (before !== now) changes.push(encodeCommand('HELLO', now === 3 ? '3' : '2'));
  const database = to?.database ?? null;
  if (database !== null && database !== from?.database) changes.push(encodeCommand('SELECT', `${database}`));
  return changes;
}
