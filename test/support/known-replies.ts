import type { Endpoint } from '@shardmux/plugin-api';
import { type Argument, connectRaw, type RawClient, type Reply } from '@shardmux/testing';

/** Answers by a key wherever that is, so that it shows whose reply a reply is. */
const NAME_OF_KEY = 'return KEYS[1]';

/** One MSET: its keys, and which changes of the servers it lay between. */
export interface WrittenKeys {
  readonly keys: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Tells how many changes of the servers were begun, and how many of them are certainly in force. */
export interface Changes {
  readonly begun: number;
  readonly inForce: number;
}

/**
 * Sessions that send pipelines in a closed loop, of commands whose replies tell which command they answer, whichever
 * servers there are: values are their keys' names, and no key is written twice.
 */
export class KnownReplies {
  readonly written: WrittenKeys[] = [];
  /** Replies that are wrong, errors among them. */
  readonly wrong: string[] = [];
  /** Sessions whose connection has ended before `stop`. */
  closed = 0;
  readonly #prefix: string;
  readonly #changes: Changes;
  readonly #loops: Promise<void>[] = [];
  #keys = 0;
  #running = true;

  /** @param prefix of all its keys. */
  constructor(prefix: string, changes: Changes) {
    this.#prefix = prefix;
    this.#changes = changes;
  }

  async start(endpoint: Endpoint, sessions: number): Promise<void> {
    for (let i = 0; i < sessions; i++) {
      this.#loops.push(this.#loop(await connectRaw(endpoint, { strings: true })));
    }
  }

  /** Resolves when every session has its last reply. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async #loop(client: RawClient): Promise<void> {
    try {
      while (this.#running) await this.#play(client);
      if (client.unread.length > 0) this.wrong.push(`unasked: ${client.unread}`);
    } catch (error) {
      this.closed++;
      this.wrong.push(String(error));
    }
    await client.close();
  }

  async #play(client: RawClient): Promise<void> {
    const sets = [2, 5, 9].map((count) => this.#newKeys(count));
    const commands = sets.flatMap((keys) => commandsOf(keys));
    const from = this.#changes.inForce;
    const replies = await client.pipeline(commands);
    const to = this.#changes.begun;
    for (const keys of sets) this.written.push({ keys, from, to });
    commands.forEach((command, i) => {
      if (!isRight(command, replies[i])) {
        this.wrong.push(`${command.join(' ')}: ${JSON.stringify(replies[i])} ${replies[i]}`);
      }
    });
  }

  #newKeys(count: number): string[] {
    return Array.from({ length: count }, () => `${this.#prefix}${(this.#keys++).toString(36)}`);
  }
}

function commandsOf(keys: readonly string[]): Argument[][] {
  return [
    ['MSET', ...keys.flatMap((key) => [key, key])],
    ['EVAL', NAME_OF_KEY, 1, keys[0]],
    ['MGET', ...keys],
    ['GET', keys[1]],
  ];
}

/** A key that has another owner since it was written is not there. */
function isRight([name, ...args]: readonly Argument[], reply: Reply): boolean {
  switch (name) {
    case 'MSET':
      return reply === 'OK';
    case 'EVAL':
      return reply === args[2];
    case 'MGET':
      return (
        Array.isArray(reply) &&
        reply.length === args.length &&
        reply.every((value, i) => value === null || value === args[i])
      );
    default:
      return reply === null || reply === args[0];
  }
}
