import { z } from 'zod';
import type { Server } from './connection.js';

const CONNECT = 'must be servers, with commas between them, such as "127.0.0.1:2181"';
const DEFAULT_PORT = 2181;

function parseServer(text: string): Server | null {
  const [, v6, host = v6, port = DEFAULT_PORT] =
    /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  return host !== undefined && Number(port) > 0 && Number(port) < 65_536
    ? { host, port: Number(port) }
    : null;
}

const servers = z.string({ error: CONNECT }).transform((text, context): readonly Server[] => {
  const parsed = text.split(',').map(parseServer);
  if (!parsed.includes(null)) return parsed as Server[];
  context.addIssue({ code: 'custom', message: CONNECT });
  return z.NEVER;
});

/** A path of ZooKeeper: names that are no dots. */
const path = (what: string) =>
  z.string({ error: what }).regex(/^(\/(?!\.\.?(\/|$))[^/\p{Cc}]+)+$/u, { error: what });

/** What it takes to talk to ZooKeeper. */
const connection = {
  connect: servers,
  user: z.string({ error: 'must be the name of a user' }).optional(),
  password: z.string({ error: 'must be a text, or { env: NAME } or { file: PATH }' }).optional(),
};

/** Only what is known: a misspelt option would go unseen. */
export const storeOptions = z
  .strictObject({
    ...connection,
    prefix: path('must be the path of a node, such as /shardmux').default('/shardmux'),
  })
  .transform(({ connect, ...options }) => ({ ...options, servers: connect }));
