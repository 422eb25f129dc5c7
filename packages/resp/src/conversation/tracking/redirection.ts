import type { ConversationClient, ErrandNode, PrivateLink } from '@shardmux/plugin-api';
import { probe } from '../../handshake.js';
import { checked, readWhole } from '../../reply/whole-reply.js';
import { encodeCommand } from '../../request/encode-command.js';

/** What the client has on already is not to come here as well. */
const introduction = Buffer.concat([encodeCommand('CLIENT', 'TRACKING', 'OFF'), encodeCommand('HELLO', '3')]);
const INTRODUCTION_REPLIES = 2;

/** Who reads the keys. */
interface Reader {
  readonly client: ConversationClient;
  /** Passes on what servers tell. */
  readonly tracking: {
    tell(bytes: Uint8Array, start: number, end: number): void;
    onLost(): void;
  } | null;
}

/**
 * Where servers tell of the keys of a client that has another one told. The links that its commands take may be in
 * RESP2, in which nothing is pushed: so there is a second connection to each server.
 *
 *   own link ── CLIENT TRACKING ON REDIRECT id ──► server ── invalidate ──► this ──► the other client
 *   one is lost ──► all is told to be forgotten, and the client is cut off: as with one server
 */
export class Redirection {
  readonly #reader: Reader;
  readonly #links: PrivateLink[] = [];
  /** By the servers' names. */
  readonly #ids = new Map<string, string>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /**
   * Opens those connections that are missing.
   * @throws {ReplyError} where a server refuses one.
   */
  async reach(nodes: readonly ErrandNode[]): Promise<void> {
    const missing = nodes.filter(({ name }) => !this.#ids.has(name));
    await Promise.all(missing.map((node) => this.#listenTo(node)));
  }

  async #listenTo(node: ErrandNode): Promise<void> {
    const link = node.lease();
    this.#links.push(link);
    link.onMessage = (...push) => this.#reader.tracking?.tell(...push);
    const hello = checked(await link.ask(introduction, INTRODUCTION_REPLIES));
    const { id } = readWhole(hello) as { id: number };
    this.#ids.set(node.name, String(id));
    link.onClosed = () => this.#lose();
  }

  #lose(): void {
    this.#reader.tracking?.onLost();
    this.#reader.client.destroy();
  }

  /** What a server is told. One that came later has no connection here: the client is to begin anew. */
  wordsFor(node: string): readonly string[] {
    const id = this.#ids.get(node);
    if (id !== undefined) return ['REDIRECT', id];
    this.#lose();
    return [];
  }

  /** Resolves when all has come that servers have told by now. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#links.map((link) => link.ask(probe)));
  }

  close(): void {
    for (const link of this.#links) {
      link.onClosed = null;
      link.close();
    }
  }
}
