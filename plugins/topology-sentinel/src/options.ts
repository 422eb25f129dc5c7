import {
  HOST_PORT_FORM,
  MAX_INT,
  mapping,
  milliseconds,
  optionsSchema,
  parsed,
  parseHostPort,
  type TcpEndpoint,
  text,
  whole,
} from '@shardmux/config-file';
import { formatEndpoint } from '@shardmux/plugin-api';
import { z } from 'zod';

/** How servers and Sentinels call each other, as `formatEndpoint` writes it ──► where they are reached from here. */
export type NatMap = ReadonlyMap<string, TcpEndpoint>;

export interface SentinelOptions {
  /** To begin with, at least one: they lead to all others. */
  readonly sentinels: readonly TcpEndpoint[];
  /** At least one; names unique. */
  readonly masters: readonly SentinelMaster[];
  /** What Sentinels are given with AUTH. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** How often each Sentinel is asked where nothing gives rise to it, in ms: 1,000 unless told. */
  readonly interval?: number | undefined;
  /** Where the last good servers are kept, for a start at which no Sentinel answers; left out: nowhere. */
  readonly cache?: string | undefined;
  readonly natMap?: NatMap | undefined;
}

export interface SentinelMaster {
  /** As the Sentinels call it, and the pool its shard. */
  readonly name: string;
  readonly weight: number;
}

/** In ms. */
export const DEFAULT_INTERVAL = 1_000;

const SENTINELS = 'must be a list of at least one Sentinel, host:port';
const MASTERS = 'must be a list of at least one name of a master';
const NAME = 'must be the name of a master: letters, digits, ".", "-" and "_"';
const NAT_MAP = 'must be a mapping of host:port to host:port';

const address = parsed(HOST_PORT_FORM, parseHostPort);

const master = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  mapping({
    name: text(NAME).regex(/^[\w.-]+$/, NAME),
    weight: whole(1, MAX_INT).default(1),
  }),
);

const masters = z
  .array(master, { error: MASTERS })
  .min(1, { error: MASTERS })
  .superRefine((list, { addIssue }) => {
    for (const [index, { name }] of list.entries()) {
      if (list.findIndex((each) => each.name === name) === index) continue;
      addIssue({ code: 'custom', path: [index], message: `must be named once: there is another "${name}"` });
    }
  });

const natMap = z.record(text(), address, { error: NAT_MAP }).transform((given, { addIssue }) => {
  const map = new Map<string, TcpEndpoint>();
  for (const [announced, reached] of Object.entries(given)) {
    const endpoint = parseHostPort(announced);
    if (endpoint !== null) map.set(formatEndpoint(endpoint), reached);
    else addIssue({ code: 'custom', path: [announced], message: `must have a key that is host:port` });
  }
  return map;
});

export const sentinelOptions = optionsSchema<SentinelOptions>(
  mapping({
    sentinels: z.array(address, { error: SENTINELS }).min(1, { error: SENTINELS }),
    masters,
    username: text().optional(),
    password: text().optional(),
    interval: milliseconds(100).optional(),
    cache: text('must be the path of a file').optional(),
    natMap: natMap.optional(),
  }).refine(({ username, password }) => username === undefined || password !== undefined, {
    error: 'must have a password, for the username',
  }),
);
