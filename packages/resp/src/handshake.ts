import type { Handshake, LinkCredentials } from '@shardmux/plugin-api';

export const probe = encodeCommand('PING');

/** AUTH where there is a password, SELECT where the database is not the first; `null` where neither is needed. */
export function handshake({ password, database }: LinkCredentials): Handshake | null {
  const requests: Uint8Array[] = [];
  if (password !== null) requests.push(encodeCommand('AUTH', password));
  if (database > 0) requests.push(encodeCommand('SELECT', String(database)));
  return requests.length === 0 ? null : { request: Buffer.concat(requests), replies: requests.length };
}

function encodeCommand(...words: string[]): Uint8Array {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${bulks.join('')}`);
}
