import {
  bytes,
  flag,
  HOST_PORT_FORM,
  MAX_INT,
  mapping,
  milliseconds,
  parsed,
  parseHostPort,
  text,
  whole,
} from '@shardmux/config-file';
import { serverListSchema } from '@shardmux/plugin-topology-file';
import { z } from 'zod';
import { LISTEN_FORM, NETWORK_FORM, parseListen, parseNetwork } from './address.js';
import { HASH_TAG_FORM, parseHashTag } from './hash-tag.js';
import { pluginListSchema, pluginSchema, topologySchema } from './plugin-schema.js';
import { secretSchema } from './secret.js';
import { denySchema, usersSchema } from './users-schema.js';

/*
 * A pool in our own dialect. Where Redis has a default, it is ours; the descriptions say where each default comes
 * from.
 */

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const keepAlive = mapping({
  client: milliseconds()
    .default(300_000)
    .describe(
      'Idle time before TCP keep-alive probes to clients, in ms; 0 for none. As Redis (tcp-keepalive).',
    ),
  server: milliseconds()
    .default(300_000)
    .describe('Idle time before TCP keep-alive probes to servers, in ms; 0 for none.'),
});

const reconnect = mapping({
  min: milliseconds(1)
    .default(50)
    .describe('Wait after the first failed attempt, in ms. It doubles with each further one, with jitter.'),
  max: milliseconds(1)
    .default(2_000)
    .describe('Longest wait, in ms. Requests that come meanwhile are answered by an error at once.'),
});

const proxyProtocol = mapping({
  trusted: z
    .array(parsed(NETWORK_FORM, parseNetwork), { error: 'must be a list of addresses and networks' })
    .min(1, { error: 'must be a list of at least one address or network' })
    .describe(
      'Addresses and networks of the balancers, such as 10.0.0.0/8. Whoever else connects is refused.',
    ),
});

const limits = mapping({
  maxClients: whole(0, MAX_INT)
    .default(10_000)
    .describe('Client connections, over all workers; 0 for no limit. As Redis (maxclients).'),
  maxConnectionsPerAddress: whole(0, MAX_INT)
    .default(0)
    .describe(
      'Client connections from one address, over all workers; 0 for no limit. As Redis: none. Unix sockets have none.',
    ),
  maxConnectionsPerUser: whole(0, MAX_INT)
    .default(0)
    .describe(
      'Client connections that are authenticated as one user, over all workers; 0 for no limit. As Redis: none.',
    ),
  maxArguments: whole(1, MAX_INT)
    .default(2 ** 20)
    .describe('Arguments of one command, its name included. As Redis up to 6.2.'),
  maxBulkLength: bytes(512 * MIB)
    .default(512 * MIB)
    .describe('Bytes of one argument. As Redis (proto-max-bulk-len), and no more is allowed.'),
  maxInlineLength: bytes(512 * MIB)
    .default(65_536)
    .describe('Bytes of one inline command. As Redis.'),
  maxKeyLength: bytes(512 * MIB)
    .default(512 * MIB)
    .describe('Bytes of one key. As Redis, where a key may be as long as any argument.'),
  maxPipeline: whole(1, MAX_INT)
    .default(1024)
    .describe('Requests of one client under way; more are read when these are answered. Redis has no limit.'),
  maxSessionBytes: bytes(Number.MAX_SAFE_INTEGER)
    .default(16 * MIB)
    .describe(
      'Bytes of one client, in requests under way and replies; above it no more of its requests are read.',
    ),
  maxOutputBytes: bytes(Number.MAX_SAFE_INTEGER)
    .default(GIB)
    .describe(
      'Bytes of replies that a client does not take; above it the client is cut off. Redis has no limit.',
    ),
  maxLinkBytes: bytes(Number.MAX_SAFE_INTEGER)
    .default(64 * MIB)
    .describe(
      'Bytes in flight on one connection to a server; above it the clients that use it are not read.',
    ),
  maxPrivateLinks: whole(0, MAX_INT)
    .default(1_000)
    .describe(
      'Connections to servers that each belong to one client while it blocks or watches keys, per worker; the next ' +
        'client gets an error at once.',
    ),
  idleTimeout: milliseconds()
    .default(0)
    .describe('How long a client may be silent, in ms; 0 for ever. As Redis (timeout).'),
});

const cluster = mapping({
  announce: z
    .array(parsed(HOST_PORT_FORM, parseHostPort), { error: 'must be a list of host:port' })
    .prefault([])
    .describe(
      'Where clients reach the proxies of the pool, each host:port; empty: this one, where it listens.',
    ),
});

const register = mapping({
  as: parsed(HOST_PORT_FORM, parseHostPort)
    .optional()
    .describe('Where clients reach this proxy, host:port; where it listens unless told.'),
});

export const poolSchema = mapping({
  listen: parsed(LISTEN_FORM, parseListen)
    .optional()
    .describe(
      'Where clients connect: host:port, [IPv6]:port, or "/path 0644" for a unix socket and its mode. Every pool ' +
        'of a proxy has it; a client in an application needs none.',
    ),
  backlog: whole(0, MAX_INT)
    .default(511)
    .describe('Connections that may wait to be accepted. As Redis (tcp-backlog).'),
  proxyProtocol: proxyProtocol
    .nullable()
    .prefault(null)
    .describe(
      '{ trusted: [10.0.0.0/8] }: clients come through these balancers alone, which name them by the PROXY protocol, ' +
        'version 2. As Redis: none.',
    ),
  servers: serverListSchema
    .optional()
    .describe('The servers that hold the keys. Short for topology: { use: file, servers: … }.'),
  topology: topologySchema.optional().describe('Where the servers are learnt from, instead of servers.'),
  hash: pluginSchema
    .prefault('fnv1a_64')
    .describe('Hash function of the keys. As Twemproxy; with topology redis-cluster: redis-cluster.'),
  hashTag: parsed(HASH_TAG_FORM, parseHashTag)
    .nullable()
    .prefault(null)
    .describe(
      'Two characters, such as "{}": of a key only what stands between them is hashed. As Twemproxy: none.',
    ),
  distribution: pluginSchema
    .prefault('ketama')
    .describe(
      'How hashes are spread over the servers. As Twemproxy; with topology redis-cluster: slots, by which commands are split.',
    ),
  failover: pluginSchema
    .nullable()
    .prefault(null)
    .describe('What becomes of a failing server; null: it stays in the ring. As Twemproxy.'),
  reads: pluginSchema
    .prefault('primary')
    .describe(
      'Which servers of a shard are read from: primary, replica, replica-preferred, nearest or read-your-writes. As Redis: ' +
        'the primary.',
    ),
  zone: text('must be the name of a zone')
    .nullable()
    .default(null)
    .describe(
      'The zone that this process stands in, as servers, replicas and proxies have theirs, for reads: nearest and for ' +
        'clients of proxies.',
    ),
  codec: pluginSchema.prefault('resp').describe('The protocol; resp is that of Redis.'),
  transport: pluginSchema.prefault('tcp').describe('What carries the bytes, to clients and to servers.'),
  coordination: pluginSchema
    .nullable()
    .prefault(null)
    .describe('Where processes agree with one another; null: nowhere.'),
  register: register
    .nullable()
    .prefault(null)
    .describe(
      'Tells clients by the coordination store that this proxy is there, {} where it listens; null: nobody is told.',
    ),
  telemetry: pluginListSchema.prefault([]).describe('Who is told what the pool does: one plugin, or a list.'),
  cluster: cluster
    .nullable()
    .prefault(null)
    .describe('Presents the proxies of the pool as a Redis Cluster; null: as one server.'),
  password: secretSchema
    .nullable()
    .default(null)
    .describe(
      'What clients must give with AUTH, and what servers are given; { env: NAME } or { file: PATH } where it stands ' +
        'elsewhere. As Redis (requirepass): none.',
    ),
  users: usersSchema
    .nullable()
    .prefault(null)
    .describe(
      'Who may enter, and what each may do, by rules as of Redis (ACL SETUSER). As Redis: the default user.',
    ),
  aclFile: text('must be a path')
    .nullable()
    .default(null)
    .describe('An ACL file of Redis, instead of users.'),
  deny: denySchema
    .nullable()
    .default(null)
    .describe('Commands that nobody may run, instead of those that are denied by default; [] for none.'),
  database: whole(0, MAX_INT).default(0).describe('The database selected on the servers. As Redis.'),
  channels: z
    .enum(['hashed', 'one', 'all'])
    .default('hashed')
    .describe(
      'Where channels are: on the server of a key of their name; all on the first; or published as hashed and ' +
        'subscribed to on every server, for messages that scripts and others publish there.',
    ),
  timeout: milliseconds()
    .default(5_000)
    .describe(
      'How long a request may take, in ms; 0 for ever. Redis says -BUSY after as long (busy-reply-threshold).',
    ),
  connectTimeout: milliseconds()
    .default(2_000)
    .describe(
      'How long connecting to a server may take, in ms; 0 leaves it to the system. A lost packet costs 1000.',
    ),
  reconnect: reconnect.prefault({}).describe('Waits between attempts to connect to a server.'),
  keepAlive: keepAlive.prefault({}).describe('TCP keep-alive.'),
  noDelay: flag().default(true).describe('TCP_NODELAY on all connections. As Redis.'),
  preconnect: flag().default(false).describe('Whether servers are connected to before the first request.'),
  serverConnections: whole(1, MAX_INT)
    .default(1)
    .describe('Connections to each server, per worker. Requests share them, so one is mostly enough.'),
  retry: z
    .enum(['none', 'idempotent'])
    .default('none')
    .describe('Whether reads that were lost with their connection are sent once more.'),
  crossShard: z
    .enum(['gather', 'refuse'])
    .default('refuse')
    .describe(
      'What becomes of SINTER, RENAME and others with keys on several servers: refuse them, or gather the keys on one. ' +
        'To gather is not atomic.',
    ),
  limits: limits.prefault({}).describe('What clients may use.'),
});

/** A pool that passed the schema. */
export type CheckedPool = z.output<typeof poolSchema>;
/** A pool as it may be written. */
export type PoolInput = z.input<typeof poolSchema>;
