import { MAX_INT, mapping, parsed, text, whole } from '@shardmux/config-file';
import type { Endpoint, NodeDescription, ReplicaDescription, SlotRange } from '@shardmux/plugin-api';
import { z } from 'zod';
import { nameOf, parseServer, SERVER_FORM } from './server.js';

/** A replica as it may be written: with either host and port, or path. */
export interface ReplicaInput {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly zone?: string | undefined;
}

/** A server as it may be written: a text, as `SERVER_FORM` says, or a mapping with either host and port, or path. */
export type ServerInput =
  | string
  | (ReplicaInput & {
      readonly weight?: number | undefined;
      readonly slots?: readonly string[] | undefined;
      readonly replicas?: readonly ReplicaInput[] | undefined;
    });

const SLOTS_FORM = 'must be "first-last" or "slot"';

function parseSlots(text: string): SlotRange | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return first === undefined || Number(last) < Number(first)
    ? null
    : { first: Number(first), last: Number(last) };
}

const address = {
  host: text('must be a host name or an IP address').optional().describe('Host name or IP address.'),
  port: whole(1, 65535, 'a port').optional().describe('TCP port.'),
  path: text('must be the path of a unix socket')
    .optional()
    .describe('A unix socket, instead of host and port.'),
};

const zone = text().optional().describe('Where it stands: a data centre, a rack.');

/** `null`, and an issue, for what is neither a TCP address nor a unix socket. */
function endpointOf({ host, port, path }: ReplicaInput, context: z.RefinementCtx): Endpoint | null {
  if (path !== undefined && host === undefined && port === undefined) return { kind: 'unix', path };
  if (path === undefined && host !== undefined && port !== undefined) return { kind: 'tcp', host, port };
  context.addIssue({ code: 'custom', message: 'must have either host and port, or path' });
  return null;
}

const replicaMapping = mapping({
  ...address,
  name: text().optional().describe('What statistics are kept under. Without it that is the address.'),
  zone,
}).transform((replica, context): ReplicaDescription => {
  const endpoint = endpointOf(replica, context);
  if (endpoint === null) return z.NEVER;
  const { name = nameOf(endpoint), zone } = replica;
  return { name, endpoint, ...(zone !== undefined && { zone }) };
});

const serverMapping = mapping({
  ...address,
  weight: whole(1, MAX_INT).default(1).describe('Share of the keys, in relation to the other weights.'),
  slots: z
    .array(parsed(SLOTS_FORM, parseSlots), { error: 'must be a list of slots' })
    .optional()
    .describe('The slots it owns, each "first-last" or "slot": for distributions that have slots.'),
  name: text()
    .optional()
    .describe('What keys are placed by. Without it that is the address, and a new address moves keys.'),
  zone,
  replicas: z
    .array(replicaMapping, { error: 'must be a list of replicas' })
    .optional()
    .describe('The servers that hold copies of its data.'),
}).transform((server, context): NodeDescription => {
  const endpoint = endpointOf(server, context);
  if (endpoint === null) return z.NEVER;
  const { name = nameOf(endpoint), weight, slots, zone, replicas } = server;
  return {
    name,
    endpoint,
    weight,
    ...(slots && { slots }),
    ...(zone !== undefined && { zone }),
    ...(replicas && { replicas }),
  };
});

/** One server, as a pool's `servers` has it. */
export const serverSchema: z.ZodType<NodeDescription, ServerInput> = z
  .union([parsed(SERVER_FORM, parseServer), serverMapping], { error: 'must be a text or a mapping' })
  .describe('One server: "host:port:weight name", "/path:weight name", or a mapping.');

const LIST = 'must be a list of at least one server';

/** A pool's `servers`. That names are unique is not seen here: see `serverProblems`. */
export const serverListSchema: z.ZodType<NodeDescription[], readonly ServerInput[]> = z
  .array(serverSchema, { error: LIST })
  .min(1, { error: LIST });
