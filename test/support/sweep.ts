import { connectRaw, encodeCommand, FixtureError, type RawClient } from '@shardmux/testing';
import { isOnPage, isServed } from './commands-page.js';
import { type CommandDocs, commandDocs, TAG } from './example-words.js';
import { type ServerCommand, serverCommands } from './server-commands.js';
import { type Exception, Tolerance } from './tolerance.js';
import type { Twins } from './twins.js';

/** One command, as it is sent to either side. */
export interface Call {
  /** As COMMAND has it: `xgroup|create`. */
  readonly name: string;
  readonly words: readonly string[];
  /** The words as they are sent. */
  readonly bytes: Buffer;
  /** What is done before, so that keys hold something. */
  readonly before: readonly (readonly string[])[];
}

export interface SweepOptions {
  /** Commands that are not sent to the plain server, each with its reason, and not at all once they are served. */
  readonly notSent: Readonly<Record<string, string>>;
  readonly exceptions: readonly Exception[];
}

const MARK = 'still there';
const END = Buffer.from('-the connection ends\r\n');
const SILENCE = Buffer.from('-silence\r\n');
const LAST = [END, SILENCE, Buffer.from('+QUEUED\r\n')];
const PATIENCE = 5_000;
const KEYS = [`${TAG}1`, `${TAG}2`, `${TAG}text`];

/**
 * Calls a command through what is under test and on a plain server, each time over a connection of its own:
 *
 *   call, PING ──► ours ──► refused with what stands on docs/commands.md, PING answered
 *                    └────► answered ──► and by the plain server in the same way, PING too
 */
export class Sweep {
  readonly commands: readonly ServerCommand[];
  readonly docs: ReadonlyMap<string, CommandDocs>;
  readonly tolerance: Tolerance;
  readonly #twins: Twins;
  readonly #notSent: SweepOptions['notSent'];

  private constructor(
    twins: Twins,
    commands: readonly ServerCommand[],
    docs: ReadonlyMap<string, CommandDocs>,
    { notSent, exceptions }: SweepOptions,
  ) {
    this.#twins = twins;
    this.commands = commands;
    this.docs = docs;
    this.#notSent = notSent;
    this.tolerance = new Tolerance(commands, exceptions);
  }

  static async of(twins: Twins, options: SweepOptions): Promise<Sweep> {
    const client = await connectRaw(twins.plain.endpoint, { strings: true });
    const sweep = new Sweep(twins, await serverCommands(client), await commandDocs(client), options);
    await client.close();
    return sweep;
  }

  /** What is wrong, in words; null for nothing. */
  async difference(call: Call): Promise<string | null> {
    const isDangerous = call.name in this.#notSent && this.#hasRightCount(call);
    if (isDangerous && isServed(call.name)) return null;
    const clients = await this.#twins.connect();
    try {
      await clients.exchange([['DEL', ...KEYS], ...call.before]);
      const ours = await answers(clients.ours, call.bytes);
      if (isOnPage(call.name, ours[0].toString()) && ours.length === 2 && ours[1].includes(MARK)) return null;
      const plain = isDangerous ? [Buffer.from('-not sent\r\n')] : await answers(clients.plain, call.bytes);
      return this.#areAlike(call.name, ours, plain) ? null : described(call, ours, plain);
    } finally {
      await clients.close();
    }
  }

  /** With any other number of arguments every command is harmless. */
  #hasRightCount({ name, words }: Call): boolean {
    const { arity } = this.commands.find((command) => command.name === name)!;
    return arity < 0 ? words.length >= -arity : words.length === arity;
  }

  #areAlike(name: string, ours: readonly Buffer[], plain: readonly Buffer[]): boolean {
    return (
      ours.length === plain.length &&
      ours.every((reply, i) => this.tolerance.areAlike(i === 0 ? name : 'ping', reply, plain[i]))
    );
  }
}

/** What comes until PING is answered or the connection ends. */
async function answers(client: RawClient, bytes: Buffer): Promise<Buffer[]> {
  const replies: Buffer[] = [];
  client.send(Buffer.concat([bytes, encodeCommand(['PING', MARK])]));
  for (;;) {
    const reply = await nextReply(client);
    replies.push(reply);
    // Behind MULTI, PING has to wait.
    if (LAST.some((last) => last.equals(reply)) || reply.includes(MARK)) return replies;
  }
}

async function nextReply(client: RawClient): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Buffer>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, SILENCE);
  });
  const reply = client.readRaw().catch((error) => {
    if (error instanceof FixtureError && error.code === 'SHARDMUX_FIXTURE_CLOSED') return END;
    throw error;
  });
  const first = await Promise.race([reply, silence]);
  clearTimeout(timer);
  return first;
}

/** Short enough to read many: what was called after what, and the two sides' replies. */
function described({ words, before }: Call, ours: readonly Buffer[], plain: readonly Buffer[]): string {
  const after = before.length === 0 ? 'nothing' : before[0].join(' ');
  return [
    words.join(' '),
    `after ${after}`,
    ...[ours, plain].map((replies) => JSON.stringify(replies.map(String)).slice(0, 300)),
  ].join(' │ ');
}
