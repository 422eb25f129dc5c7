import { isIP } from 'node:net';
import { HOST_PORT_FORM, parseHostPort } from '@shardmux/config-file';
import type { Endpoint } from '@shardmux/plugin-api';

export const LISTEN_FORM = `${HOST_PORT_FORM}, or /path with an optional octal mode up to 0777`;

export const HTTP_URL_FORM = 'must be an http:// or https:// URL without user, password, query or fragment';

export const NETWORK_FORM = 'must be an IP address, or a network such as 10.0.0.0/8';

/** What a socket's address holds besides the terminating zero (Linux). */
const MAX_SOCKET_PATH = 107;

/** Reads what LISTEN_FORM says; `null` where the text is nothing of the kind. */
export function parseListen(text: string): Endpoint | null {
  return text.startsWith('/') ? parseSocketPath(text) : parseHostPort(text);
}

/** The last blank divides path and mode, so that a path may hold blanks. */
function parseSocketPath(text: string): Endpoint | null {
  const blank = text.lastIndexOf(' ');
  const path = blank < 0 ? text : text.slice(0, blank);
  const mode = blank < 0 ? '' : text.slice(blank + 1);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH || !/^0?[0-7]{0,3}$/.test(mode)) return null;
  const bits = Number.parseInt(mode, 8);
  // Twemproxy takes a mode of 0 for none, and nobody could connect to such a socket.
  return bits > 0 ? { kind: 'unix', path, mode: bits } : { kind: 'unix', path };
}

/** Reads what HTTP_URL_FORM says, and drops a trailing slash; `null` where the text is nothing of the kind. */
export function parseHttpUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return null;
  if (username + password + search + hash !== '') return null;
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** Reads what NETWORK_FORM says; `null` where the text is nothing of the kind. */
export function parseNetwork(text: string): string | null {
  const [address, bits = '0', more] = text.split('/');
  const version = isIP(address);
  const isNetwork = /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  return version !== 0 && isNetwork && more === undefined ? text : null;
}
