import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type RawClient } from '@shardmux/testing';
import { bytesOf, repliesOf, type Step } from './mixed-blocks.js';

/** How long a reply may take to come, in ms, be all servers as they will. */
const PATIENCE = 10_000;

/** What comes when it will: all other pushes are replies to a command, in their turn. */
const FLOATING = /^>\d+\r\n\$\d+\r\n(message|pmessage|smessage|invalidate)\r\n/;

/** A client that sends what it is told to, and reads one reply to each command and what comes between. */
export class MixedSession {
  readonly replies: string[] = [];
  /** What nobody asked for, with the number of replies that came before it. */
  readonly pushes: { readonly text: string; readonly after: number }[] = [];
  readonly #client: RawClient;

  private constructor(client: RawClient) {
    this.#client = client;
  }

  static async open(endpoint: Endpoint): Promise<MixedSession> {
    return new MixedSession(await connectRaw(endpoint));
  }

  send(bytes: Uint8Array): void {
    this.#client.send(bytes);
  }

  /** @throws where the connection ends, or one of so many replies does not come. */
  async read(count: number): Promise<void> {
    while (this.replies.length < count) {
      const reply = await Promise.race([this.#client.readRaw(), sleep(PATIENCE, null, { ref: false })]);
      if (reply === null) throw new Error(`reply ${this.replies.length + 1} of ${count} does not come`);
      const text = reply.toString('latin1');
      if (FLOATING.test(text)) this.pushes.push({ text, after: this.replies.length });
      else this.replies.push(text);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Plays steps to a plain server, all in one write. */
export async function playPlain(endpoint: Endpoint, steps: readonly Step[]): Promise<MixedSession> {
  const session = await MixedSession.open(endpoint);
  session.send(bytesOf(steps));
  await session.read(repliesOf(steps));
  await session.close();
  return session;
}

/** What is wrong with replies, in words; empty: nothing. */
export function faultsOf(steps: readonly Step[], ours: MixedSession, plain: MixedSession): string[] {
  const heard = steps.filter(({ isSilent }) => !isSilent);
  const faults = heard.flatMap(({ args, or }, i) => {
    const [mine, reference] = [withoutCount(ours.replies[i]), withoutCount(plain.replies[i])];
    if (mine === reference || mine.startsWith('-') || or?.test(mine)) return [];
    return [`${i}: ${args.join(' ').slice(0, 80)}: ${shown(mine)} instead of ${shown(reference)}`];
  });
  return [...faults, ...earlyPushes(heard, ours)];
}

/** A confirmation's count tells of others too, which may have failed. */
function withoutCount(reply: string): string {
  return /^>3\r\n\$\d+\r\n[ps]?(?:un)?subscribe\r\n/.test(reply) ? reply.replace(/:\d+\r\n$/, '') : reply;
}

/** Pushes that came before the reply that they follow, or behind the one that ends them. */
function earlyPushes(heard: readonly Step[], { pushes }: MixedSession): string[] {
  return pushes.flatMap(({ text, after }) => {
    const [, kind, name] = /\$\d+\r\n(\w+)\r\n(?:\*1\r\n)?(?:\$\d+\r\n(.*)|_)\r\n/.exec(text) ?? [];
    // All that was read may have changed: of which keys it follows nothing is said.
    if (name === undefined) return [];
    const [opens, closes] = PERIODS[kind](name);
    const first = heard.findIndex(({ args }) => args.join(' ') === opens);
    const last = heard.findIndex(({ args }) => args.join(' ') === closes);
    const isInTime = first >= 0 && after > first && (last < 0 || after <= last);
    return isInTime ? [] : [`${shown(text)} came behind ${after} replies, not within ${first} to ${last}`];
  });
}

/** The commands between whose replies a push may come. */
const PERIODS: Record<string, (name: string) => readonly [string, string]> = {
  message: (name) => [`SUBSCRIBE ${name}`, `UNSUBSCRIBE ${name}`],
  pmessage: (name) => [`PSUBSCRIBE ${name}`, `PUNSUBSCRIBE ${name}`],
  smessage: (name) => [`SSUBSCRIBE ${name}`, `SUNSUBSCRIBE ${name}`],
  invalidate: (name) => [`GET ${name}`, ''],
};

function shown(reply: string): string {
  return JSON.stringify(reply.slice(0, 120));
}
