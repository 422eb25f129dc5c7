import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type RawClient, type Reply } from '@shardmux/testing';

/** In ms. */
const INTERVAL = 20;
/** How many it may take. */
const MAX_WRITES = 1_000;

export interface FirstWrite {
  readonly key: string;
  /** When it was answered with OK, in ms of `performance.now()`. */
  readonly doneAt: number;
}

/**
 * The first good write of many, each in a session of its own, which come one after the other from now on: whatever
 * older sessions wait for, these do not.
 *
 * @param keyOf the key of the write of this number, whose value is the key.
 * @throws where a thousand of them, 20 ms apart, do not have it.
 */
export async function firstWrite(endpoint: Endpoint, keyOf: (write: number) => string): Promise<FirstWrite> {
  const clients: RawClient[] = [];
  let first: FirstWrite | null = null;
  const note = (key: string, reply: Reply) => {
    if (reply === 'OK') first ??= { key, doneAt: performance.now() };
  };
  for (let write = 0; first === null && write < MAX_WRITES; write++) {
    const client = await connectRaw(endpoint, { strings: true });
    clients.push(client);
    const key = keyOf(write);
    client.command('SET', key, key).then(
      (reply) => note(key, reply),
      () => {},
    );
    await sleep(INTERVAL);
  }
  await Promise.all(clients.map((client) => client.close()));
  if (first === null) throw new Error(`no write was good of ${MAX_WRITES}`);
  return first;
}
