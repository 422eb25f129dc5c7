import type { Handshake, LinkCredentials } from '@shardmux/plugin-api';

export const probe = encodeCommand('PING');

/**
 * AUTH where there is a user or a password, SELECT where the database is not the first, CLIENT SETNAME where there is a
 * name; `null` where none is needed. A user may not be allowed to name its connection, which is no reason to go without.
 */
export function handshake({ username, password, database, name }: LinkCredentials): Handshake | null {
  const requests: Uint8Array[] = [];
  // A user without a password (nopass) takes any.
  if (username !== null) requests.push(encodeCommand('AUTH', username, password ?? ''));
  else if (password !== null) requests.push(encodeCommand('AUTH', password));
  if (database > 0) requests.push(encodeCommand('SELECT', String(database)));
  if (name !== null) requests.push(encodeCommand('CLIENT', 'SETNAME', name));
  if (requests.length === 0) return null;
  return {
    request: Buffer.concat(requests),
    replies: requests.length,
    optional: name === null ? 0 : 1,
  };
}

function encodeCommand(...words: string[]): Uint8Array {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${bulks.join('')}`);
}
