import { parseDecimal, parseHost, parsePort } from '@shardmux/config-file';
import { type Endpoint, formatEndpoint, type NodeDescription } from '@shardmux/plugin-api';

export const SERVER_FORM =
  'must be host:port:weight or /path:weight, with a port from 1 to 65535 and a weight from 1 to 2147483647, ' +
  'and after a blank an optional name';

/** The port that libmemcached, whose rings Twemproxy keeps, leaves out of a server's name. */
const UNNAMED_PORT = 11211;

/** The name of a server that has none of its own: its points on the ring are derived from it. */
export function nameOf(endpoint: Endpoint): string {
  // Twemproxy takes the port's colon along, though a socket has no port.
  if (endpoint.kind === 'unix') return `${endpoint.path}:`;
  return endpoint.port === UNNAMED_PORT ? endpoint.host : formatEndpoint(endpoint);
}

/** Reads what SERVER_FORM says, as Twemproxy reads it; `null` where the text is nothing of the kind. */
export function parseServer(text: string): NodeDescription | null {
  const blank = text.lastIndexOf(' ');
  const address = blank < 0 ? text : text.slice(0, blank);
  const alias = blank < 0 ? null : text.slice(blank + 1);
  return text.startsWith('/') ? parseSocket(address, alias) : parseTcp(address, alias);
}

function parseSocket(text: string, alias: string | null): NodeDescription | null {
  const [, path = '', weightText = ''] = /^([^:]+):([^:]+)$/.exec(text) ?? [];
  const weight = parseDecimal(weightText);
  if (!weight) return null;
  const endpoint: Endpoint = { kind: 'unix', path };
  return { name: alias ?? nameOf(endpoint), endpoint, weight };
}

function parseTcp(text: string, alias: string | null): NodeDescription | null {
  const [, hostText = '', portText = '', weightText = ''] = /^([^ ]+):([^: ]+):([^: ]+)$/.exec(text) ?? [];
  const host = parseHost(hostText);
  const port = parsePort(portText);
  const weight = parseDecimal(weightText);
  if (host === null || port === null || !weight) return null;
  // The name is what was written: brackets and leading zeros count.
  const name = alias ?? (port === UNNAMED_PORT ? hostText : `${hostText}:${portText}`);
  return { name, endpoint: { kind: 'tcp', host, port }, weight };
}
