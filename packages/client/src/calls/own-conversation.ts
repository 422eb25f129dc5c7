import type { Pool, Session, Turn } from '@shardmux/core';
import {
  type Answer,
  type Argument,
  type Conversation,
  type ConversationClient,
  type DecoderLimits,
  type KeyRanges,
  ReplyError,
  type ReplyReader,
} from '@shardmux/plugin-api';
import type { Command } from './command.js';
import { CommandWriter } from './command-writer.js';
import type { Refusal } from './outlet.js';

/** What would end the transaction that it stands in, or open another. */
const ENDS_TRANSACTION = new Set(['multi', 'exec', 'discard', 'quit', 'reset']);

const PLAIN = { buffers: false, stringNumbers: false };
const NO_ARGUMENTS: readonly Argument[] = [];

export interface OwnConversationOptions {
  readonly limits: DecoderLimits;
  readonly connectionName: string;
  readonly keyPrefix: string;
}

/** A transaction that was gathered. */
export interface Gathered {
  /** Of EXEC; of DISCARD where a command was refused. */
  readonly answer: Answer;
  readonly refusals: readonly Refusal[];
}

/** A client's conversation with itself: what one from elsewhere would send is written, and answered or not. */
export class OwnConversation implements ConversationClient {
  readonly remote = 'in-process';
  readonly local = 'in-process';
  readonly idle = 0;
  readonly mayWait = false;
  readonly lastCommand = null;
  readonly reader: ReplyReader;
  readonly writer: CommandWriter;
  readonly conversation: Conversation;
  /** Is told of the lines that servers send to those who monitor. */
  onLine: ((line: string) => void) | null = null;
  readonly #turn: Turn;
  readonly #session: Session;
  readonly #onDestroyed: () => void;
  readonly #since: number;

  /** @param onDestroyed the conversation is to end. */
  constructor(pool: Pool, session: Session, options: OwnConversationOptions, onDestroyed: () => void) {
    const { engine, codec } = pool;
    const { limits, connectionName, keyPrefix } = options;
    this.#turn = engine.turn;
    this.#session = session;
    this.#onDestroyed = onDestroyed;
    this.#since = engine.turn.now;
    this.conversation = codec
      .createRealm({
        password: null,
        deny: [],
        maxRunBytes: Number.POSITIVE_INFINITY,
        channels: pool.channels,
        learns: true,
      })
      .createConversation(this);
    this.writer = new CommandWriter(engine.arena, codec, this.conversation, limits, keyPrefix);
    this.reader = codec.createReader();
    if (connectionName !== '') this.#say('client', ['SETNAME', connectionName]);
  }

  get hears(): boolean {
    return this.onLine !== null;
  }

  get age(): number {
    return this.#turn.now - this.#since;
  }

  connectionFor(keys: KeyRanges): object | null {
    return this.#session.connectionFor(keys);
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    const line = this.onLine === null ? null : this.reader.read(bytes, start, end, PLAIN);
    if (typeof line === 'string') this.onLine?.(line);
  }

  destroy(): void {
    this.#onDestroyed();
  }

  /** Passes a command to the conversation, whatever its handling. */
  #say(name: string, args: readonly Argument[]): Answer {
    const { writer } = this;
    const refusal = writer.write(name, args);
    if (refusal !== null) return refusal;
    const answer = this.conversation.answer(writer.decoder);
    writer.close();
    return answer;
  }

  /** MULTI, the commands, and EXEC. None may be open. */
  gather(commands: readonly Command[]): Gathered {
    const refusals: Refusal[] = [];
    this.#say('multi', NO_ARGUMENTS);
    commands.forEach((each, command) => {
      const error = this.#refusalOf(each);
      if (error !== null) refusals.push({ command, error });
    });
    const answer = this.#say(refusals.length === 0 ? 'exec' : 'discard', NO_ARGUMENTS);
    return { answer, refusals };
  }

  /** Why a command has no place in the transaction; `null` where it is in it. */
  #refusalOf({ name, args }: Command): Error | null {
    if (ENDS_TRANSACTION.has(name))
      return new ReplyError(`ERR ${name.toUpperCase()} is not allowed in a transaction`);
    const reply = this.#say(name, args) as Uint8Array;
    const value = this.reader.read(reply, 0, reply.length, PLAIN);
    return value instanceof Error ? value : null;
  }

  end(): void {
    this.conversation.end();
    this.writer.dispose();
  }
}
