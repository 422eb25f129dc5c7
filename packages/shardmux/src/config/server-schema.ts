import type { NodeDescription, SlotRange } from '@shardmux/plugin-api';
import { z } from 'zod';
import { MAX_INT, mapping, parsed, text, whole } from './schema-parts.js';
import { nameOf, parseServer, SERVER_FORM } from './server.js';

const SLOTS_FORM = 'must be "first-last" or "slot"';

function parseSlots(text: string): SlotRange | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return first === undefined || Number(last) < Number(first)
    ? null
    : { first: Number(first), last: Number(last) };
}

const serverMapping = mapping({
  host: text('must be a host name or an IP address').optional().describe('Host name or IP address.'),
  port: whole(1, 65535, 'a port').optional().describe('TCP port.'),
  path: text('must be the path of a unix socket')
    .optional()
    .describe('A unix socket, instead of host and port.'),
  weight: whole(1, MAX_INT).default(1).describe('Share of the keys, in relation to the other weights.'),
  slots: z
    .array(parsed(SLOTS_FORM, parseSlots), { error: 'must be a list of slots' })
    .optional()
    .describe('The slots it owns, each "first-last" or "slot": for distributions that have slots.'),
  name: text()
    .optional()
    .describe('What keys are placed by. Without it that is the address, and a new address moves keys.'),
}).transform(({ host, port, path, weight, name, slots }, context): NodeDescription => {
  if (path !== undefined && host === undefined && port === undefined) {
    const endpoint = { kind: 'unix', path } as const;
    return { name: name ?? nameOf(endpoint), endpoint, weight, ...(slots && { slots }) };
  }
  if (path === undefined && host !== undefined && port !== undefined) {
    const endpoint = { kind: 'tcp', host, port } as const;
    return { name: name ?? nameOf(endpoint), endpoint, weight, ...(slots && { slots }) };
  }
  context.addIssue({ code: 'custom', message: 'must have either host and port, or path' });
  return z.NEVER;
});

export const serverSchema = z
  .union([parsed(SERVER_FORM, parseServer), serverMapping], { error: 'must be a text or a mapping' })
  .describe('One server: "host:port:weight name", "/path:weight name", or a mapping.');

const LIST = 'must be a list of at least one server';

export const serverListSchema = z.array(serverSchema, { error: LIST }).min(1, { error: LIST });
