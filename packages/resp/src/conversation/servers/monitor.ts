import {
  type ConversationClient,
  type ErrandNode,
  FailureError,
  type PrivateLink,
} from '@shardmux/plugin-api';
import type { CommandRow } from '../../commands/command-row.js';
import { mayReplicate } from '../../commands/commands.js';
import { commandRows } from '../../commands/generated/table.js';
import { Refusal } from '../../commands/refusal.js';
import { errorReply } from '../../error-reply.js';
import { encodeCommand } from '../../request/encode-command.js';
import type { RespCommand } from '../../request/resp-command.js';
import type { Transaction } from '../transactions/transaction.js';

const request = encodeCommand('MONITOR');
const OK = 0x2b;

const noKeys = errorReply("ERR Replica can't interact with the keyspace");

const touchKeys = new Set([...commandRows.flatMap(namesOfThoseThatTouchKeys), ...mayReplicate]);

function namesOfThoseThatTouchKeys({ name, flags, subcommands }: CommandRow): string[] {
  const own = flags.includes('readonly') || flags.includes('write') ? [name] : [];
  return own.concat(subcommands.flatMap(namesOfThoseThatTouchKeys));
}

/**
 * Tells a client of all that the servers do.
 *
 *   start ──► MONITOR on a connection of its own to each ──► lines ──► close
 *                                                              └─ one is lost ──► the client is, as with one server
 */
export class Monitor {
  readonly #client: ConversationClient;
  readonly #links: PrivateLink[] = [];

  constructor(client: ConversationClient) {
    this.#client = client;
  }

  /** Resolves with a server's error where it has one, and is closed then. */
  async start(nodes: readonly ErrandNode[]): Promise<Uint8Array | null> {
    try {
      const replies = await Promise.all(nodes.map((node) => this.#listenTo(node)));
      const error = replies.find((reply) => reply[0] !== OK) ?? null;
      if (error !== null) this.close();
      else this.#leaveWithThem();
      return error;
    } catch (failure) {
      this.close();
      throw failure;
    }
  }

  async #listenTo(node: ErrandNode): Promise<Uint8Array> {
    const link = node.lease();
    this.#links.push(link);
    link.onMessage = (bytes, start, end) => this.#client.push(bytes, start, end);
    return link.ask(request);
  }

  #leaveWithThem(): void {
    if (this.#links.some(({ isClosed }) => isClosed)) throw new FailureError('closed');
    for (const link of this.#links) link.onClosed = () => this.#client.destroy();
  }

  /** To redis-server, one that monitors is a replica of a kind. */
  forbids({ spec, refusal }: RespCommand): boolean {
    return refusal === Refusal.none && touchKeys.has(spec.name);
  }

  /** @param transaction the one that it was to be part of. */
  refuse(transaction: Transaction | null): Uint8Array {
    if (transaction !== null) transaction.isSpoilt = true;
    return noKeys;
  }

  close(): void {
    for (const link of this.#links) {
      link.onClosed = null;
      link.close();
    }
  }
}
