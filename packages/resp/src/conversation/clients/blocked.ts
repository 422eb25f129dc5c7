import type { ErrandNode, PrivateLink } from '@shardmux/plugin-api';
import { COLON } from '../../ascii.js';
import { encodeCommand } from '../../request/encode-command.js';

export type UnblockReason = 'TIMEOUT' | 'ERROR';

const clientId = encodeCommand('CLIENT', 'ID');

/** What the server calls a connection: it stays the same for as long as the connection is there. */
const ids = new WeakMap<PrivateLink, Promise<string | null>>();

/**
 * A conversation that waits for other clients, on a connection of its own.
 *
 * It is the server that ends the waiting before its time, as it alone knows whether an element was given already.
 */
export class Blocked {
  readonly #server: ErrandNode;
  readonly #link: PrivateLink;
  #orders: Promise<unknown> = Promise.resolve();

  /**
   * Before the connection waits: behind that it would not answer.
   * @param server of the link.
   */
  constructor(server: ErrandNode, link: PrivateLink) {
    this.#server = server;
    this.#link = link;
    if (!ids.has(link)) ids.set(link, idOf(link));
  }

  /** Resolves with whether it waited. */
  unblock(reason: UnblockReason): Promise<boolean> {
    const order = this.#unblock(reason).catch(() => false);
    this.#orders = Promise.all([this.#orders, order]);
    return order;
  }

  async #unblock(reason: UnblockReason): Promise<boolean> {
    const id = await ids.get(this.#link);
    if (!id) return false;
    const reply = await this.#server.ask(encodeCommand('CLIENT', 'UNBLOCK', id, reason));
    return numberIn(reply) === '1';
  }

  /** Resolves when no order is under way: from then on the connection may wait for somebody else. */
  async settled(): Promise<void> {
    await this.#orders;
  }
}

/** `null` where the server does not tell. */
async function idOf(link: PrivateLink): Promise<string | null> {
  try {
    return numberIn(await link.ask(clientId));
  } catch {
    return null;
  }
}

function numberIn(reply: Uint8Array): string | null {
  return reply[0] === COLON ? Buffer.from(reply.subarray(1, -2)).toString('latin1') : null;
}
