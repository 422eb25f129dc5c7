import { isIPv6 } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { MAX_INT } from './schema-parts.js';

export type TcpEndpoint = Extract<Endpoint, { readonly kind: 'tcp' }>;

export const HOST_PORT_FORM = 'must be host:port or [IPv6]:port with a port from 1 to 65535';

/** Reads what HOST_PORT_FORM says; `null` where the text is nothing of the kind. */
export function parseHostPort(text: string): TcpEndpoint | null {
  const colon = text.lastIndexOf(':');
  const host = parseHost(text.slice(0, Math.max(colon, 0)));
  const port = parsePort(text.slice(colon + 1));
  return host === null || port === null ? null : { kind: 'tcp', host, port };
}

/** A host name or address, IPv6 with or without brackets; `null` where it is empty or holds blanks. */
export function parseHost(text: string): string | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare !== text && !isIPv6(bare)) return null;
  return bare === '' || /\s/.test(bare) ? null : bare;
}

export function parsePort(text: string): number | null {
  const port = parseDecimal(text);
  return port === null || port < 1 || port > 65535 ? null : port;
}

/** Decimal digits alone, up to 2147483647, which is what Twemproxy can hold; `null` for all else. */
export function parseDecimal(text: string): number | null {
  if (!/^[0-9]+$/.test(text)) return null;
  const value = Number(text);
  return value > MAX_INT ? null : value;
}
