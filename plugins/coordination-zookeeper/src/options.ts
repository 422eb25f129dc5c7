import { mapping, optionsSchema, parsed, parseHost, parsePort, text } from '@shardmux/config-file';
import type { Server } from './connection.js';

const CONNECT = 'must be servers, with commas between them, such as "127.0.0.1:2181"';
const DEFAULT_PORT = '2181';

function parseServers(connect: string): Server[] | null {
  const servers: Server[] = [];
  for (const each of connect.split(',')) {
    const [, hostText = '', portText = DEFAULT_PORT] =
      /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(each.trim()) ?? [];
    const [host, port] = [parseHost(hostText), parsePort(portText)];
    if (host === null || port === null || port === 0) return null;
    servers.push({ host, port });
  }
  return servers;
}

/** A path of ZooKeeper: names that are no dots. */
const path = (form: string) => text(form).regex(/^(\/(?!\.\.?(\/|$))[^/%\p{Cc}]+)+$/u, { error: form });

/** What it takes to talk to ZooKeeper. */
const connection = {
  connect: parsed(CONNECT, parseServers),
  user: text('must be the name of a user').optional(),
  password: text('must be a text, or { env: NAME } or { file: PATH }').optional(),
};

export const storeOptions = optionsSchema(
  mapping({
    ...connection,
    prefix: path('must be the path of a node, such as /shardmux').default('/shardmux'),
  }),
);

export const topologyOptions = optionsSchema(
  mapping({
    ...connection,
    path: path('must be the path of the node with the servers, such as /shardmux/servers'),
    cache: text('must be the path of a file').optional(),
  }),
);
