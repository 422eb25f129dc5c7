import { Handling } from '@shardmux/plugin-api';
import type { CommandRow } from './command-row.js';
import { MergeKind } from './command-spec.js';
import { channelKey, geoRadiusKeys, noKeys, sortKeys, streamKeys } from './option-keys.js';
import type { KeyFinder } from './refusal.js';

/** How a command is handled. One that this file and the table do not allow is rejected. */
export interface Policy {
  readonly handling: Handling;
  /** Why not; empty for a command that is always supported. */
  readonly reason: string;
  /** Of a command that the conversation serves: how. */
  readonly how?: string;
}

const HERE = 'answered here';
const RELOADS = 'answered here: the files that users come from are read anew';
const RUNNING =
  'to every server in service, on connections of its own; the reply is that of the first where a script runs';
const SUMS = 'to every server in service; the reply is the sums, or the means of what is no count';
const TEXTS = "to every server in service; the reply is all texts, each under its server's name";
const SUBSCRIBES =
  'subscribed to on the server of each name, patterns on every one, over connections that all clients share';
const ASKS_ALL = 'every server is asked, and the clients here are counted';
const CLIENTS = "answered here, of the pool's own clients";
const CLUSTER = 'answered here, where the pool is presented as a cluster';
const BLOCKS = 'to the server of its keys, where it may wait on a connection of its own';
const WATCHES = 'to the server of its keys, on a connection of its own until `EXEC`';
const RUNS = 'to the server of its keys, and to any where it has none; the script is known from then on';
const RUNS_KNOWN =
  'to the server of its keys, and to any where it has none; behind the script, where that is known and may not be there';
const TRACKS =
  'on a connection of its own to each server; with `REDIRECT` on a second one as well, whose loss ends the client';

/** What the conversation serves, and how. */
const local: Readonly<Record<string, string>> = {
  'acl|cat': HERE,
  'acl|dryrun': HERE,
  'acl|genpass': HERE,
  'acl|getuser': HERE,
  'acl|list': HERE,
  'acl|load': RELOADS,
  'acl|users': HERE,
  'acl|whoami': HERE,
  asking: CLUSTER,
  auth: HERE,
  blmove: BLOCKS,
  blmpop: BLOCKS,
  blpop: BLOCKS,
  brpop: BLOCKS,
  brpoplpush: BLOCKS,
  bzmpop: BLOCKS,
  bzpopmax: BLOCKS,
  bzpopmin: BLOCKS,
  'client|caching': TRACKS,
  'client|getname': HERE,
  'client|getredir': HERE,
  'client|id': HERE,
  'client|info': HERE,
  'client|kill': CLIENTS,
  'client|list': CLIENTS,
  'client|no-evict': HERE,
  'client|pause': CLIENTS,
  'client|reply': HERE,
  'client|setinfo': HERE,
  'client|setname': HERE,
  'client|tracking': TRACKS,
  'client|trackinginfo': HERE,
  'client|unblock': CLIENTS,
  'client|unpause': CLIENTS,
  'cluster|info': CLUSTER,
  'cluster|keyslot': CLUSTER,
  'cluster|myid': CLUSTER,
  'cluster|nodes': CLUSTER,
  'cluster|shards': CLUSTER,
  'cluster|slots': CLUSTER,
  'config|get': 'answered here: what the servers say, with what the proxy knows better',
  discard: HERE,
  echo: HERE,
  eval: RUNS,
  eval_ro: RUNS,
  evalsha: RUNS_KNOWN,
  evalsha_ro: RUNS_KNOWN,
  exec: HERE,
  'function|kill': RUNNING,
  'function|stats': RUNNING,
  hello: HERE,
  info: 'to every server in service; the reply is sums of what counts, else what the first says, and a section of our own; `INFO SHARD server [section …]` is that of one',
  lastsave: 'to every server in service; the reply is the least',
  'latency|doctor': TEXTS,
  'latency|graph': TEXTS,
  'latency|histogram': SUMS,
  'latency|history': 'to every server in service; the reply is all elements, by time',
  'latency|latest': 'to every server in service; the reply is of each event the latest, and the worst of all',
  'memory|doctor': TEXTS,
  'memory|malloc-stats': TEXTS,
  'memory|stats': SUMS,
  monitor:
    'to every server in service, on connections of its own; their lines come as they come; in the client, `monitor()`',
  multi: HERE,
  ping: HERE,
  psubscribe: SUBSCRIBES,
  'pubsub|channels': ASKS_ALL,
  'pubsub|numpat': ASKS_ALL,
  'pubsub|numsub': ASKS_ALL,
  'pubsub|shardchannels': ASKS_ALL,
  'pubsub|shardnumsub': ASKS_ALL,
  punsubscribe: SUBSCRIBES,
  quit: HERE,
  readonly: CLUSTER,
  readwrite: CLUSTER,
  reset: HERE,
  role: 'answered here, as by one primary without replicas',
  scan: 'one server in service after the other; the cursor says which, and where in it',
  'script|exists':
    'every server in service is asked; a script is there if all have it, or if it is known and one has it',
  'script|flush': 'to every server in service; no script is known from then on',
  'script|kill': RUNNING,
  'script|load': 'to every server in service; the script is known from then on',
  select: HERE,
  'slowlog|get':
    'to every server in service; the reply is all entries, the newest first, by ids that are made anew',
  ssubscribe: SUBSCRIBES,
  subscribe: SUBSCRIBES,
  sunsubscribe: SUBSCRIBES,
  unsubscribe: SUBSCRIBES,
  unwatch: WATCHES,
  wait: 'to each server that the connection wrote to, on a connection of its own; the reply is the least',
  watch: WATCHES,
  xread: BLOCKS,
  xreadgroup: BLOCKS,
};

const containersServed = new Set(Object.keys(local).map(containerOf));

/** Whether the conversation serves some of a container's subcommands: others are as much about what is its own. */
export function isServedInPart(container: string): boolean {
  return containersServed.has(container);
}

function containerOf(name: string): string {
  return name.split('|', 1)[0];
}

/** What any server answers in the same way; functions are the same on all. */
const anyNode = new Set(['command', 'lolwut', 'time', 'function|list', 'function|dump']);

/** What the tip `response_policy` asks for. Of all others the answer cannot be had from the servers' replies alone. */
const mergesByTip: Readonly<Record<string, MergeKind>> = {
  agg_sum: MergeKind.sum,
  all_succeeded: MergeKind.first,
};

/** Of those for whose replies the table has no such tip. */
const merges: Readonly<Record<string, MergeKind>> = {
  'config|resetstat': MergeKind.first,
  keys: MergeKind.concatenation,
  mget: MergeKind.array,
  'latency|reset': MergeKind.sum,
  randomkey: MergeKind.any,
  swapdb: MergeKind.first,
};

/** What the tip `request_policy` asks for. */
const handlingsByTip: Readonly<Record<string, Handling>> = {
  multi_shard: Handling.split,
  all_shards: Handling.allNodes,
  all_nodes: Handling.allNodes,
};

/** What concerns every server though no tip says so. */
const everywhere = new Set(['config|resetstat', 'latency|reset', 'slowlog|len', 'slowlog|reset', 'swapdb']);

/** Commands whose keys the table cannot find, or finds too many of. */
const finders: Readonly<Record<string, KeyFinder>> = {
  georadius: geoRadiusKeys(6),
  georadiusbymember: geoRadiusKeys(5),
  publish: channelKey,
  sort: sortKeys,
  sort_ro: sortKeys,
  spublish: channelKey,
  ssubscribe: noKeys,
  sunsubscribe: noKeys,
  xread: streamKeys,
  xreadgroup: streamKeys,
};

const BY_FILES = 'a pool is configured by its file, and each server by its own';
const CONFIGURED = 'users come from the configuration';

/** Commands that could be routed, and are not served all the same. */
const refused: Readonly<Record<string, string>> = {
  'acl|deluser': CONFIGURED,
  'acl|log': CONFIGURED,
  'acl|save': CONFIGURED,
  'acl|setuser': CONFIGURED,
  'config|rewrite': BY_FILES,
  'config|set': BY_FILES,
  migrate: 'it would move keys to where nobody looks for them',
  'restore-asking': 'it belongs to the cluster bus',
  'script|debug': 'it would stop a server connection that is shared',
};

const byCategory: readonly (readonly [category: string, reason: string])[] = [
  ['pubsub', 'subscriptions need a server connection of their own'],
  ['transaction', 'transactions need a server connection of their own'],
  ['blocking', 'it would block a server connection that is shared'],
  ['connection', 'server connections are shared'],
  ['admin', 'it concerns a single server'],
];

export function policyOf(row: CommandRow): Policy {
  const container = containerOf(row.name);
  const how = local[row.name];
  // The reason is for those whose conversation cannot serve it.
  if (how) return { handling: Handling.local, reason: reasonToReject(row), how };
  if (anyNode.has(container) || anyNode.has(row.name) || row.name.endsWith('|help')) {
    return { handling: Handling.anyNode, reason: '' };
  }
  const reason = finders[row.name] || everywhere.has(row.name) ? '' : reasonToReject(row);
  if (reason) return { handling: Handling.reject, reason };
  return { handling: handlingOf(row), reason: '' };
}

/** As the table tips where there is a merge for it; else to the one server that has all keys. */
function handlingOf(row: CommandRow): Handling {
  if (everywhere.has(row.name)) return Handling.allNodes;
  if (row.name === 'publish') return Handling.channel;
  const tipped = handlingsByTip[tipOf(row, 'request_policy') ?? ''];
  return tipped === undefined || mergeOf(row) === MergeKind.none ? Handling.forward : tipped;
}

function tipOf({ tips }: CommandRow, name: string): string | undefined {
  return tips.find((tip) => tip.startsWith(`${name}:`))?.slice(name.length + 1);
}

function reasonToReject(row: CommandRow): string {
  const named = refused[row.name];
  if (named) return named;
  if (everywhere.has(row.name)) return '';
  for (const [category, reason] of byCategory) {
    if (row.categories.includes(category) || row.flags.includes(category)) return reason;
  }
  if (row.keys.length === 0) return handlingOf(row) === Handling.allNodes ? '' : 'it has no key to route by';
  return row.keys.includes(null) ? 'its keys cannot be told from its other arguments' : '';
}

export function mergeOf(row: CommandRow): MergeKind {
  return merges[row.name] ?? mergesByTip[tipOf(row, 'response_policy') ?? ''] ?? MergeKind.none;
}

export function finderOf(name: string): KeyFinder | null {
  return finders[name] ?? null;
}
