import type { Handshake, LinkCredentials } from '@shardmux/plugin-api';
import { encodeCommand } from './request/encode-command.js';

export const probe = encodeCommand('PING');

/**
 * AUTH where there is a user or a password, HELLO for RESP3, SELECT where the database is not the first, the greeting,
 * CLIENT SETNAME where there is a name, READONLY for reads of a replica; `null` where none is needed. A user may not be
 * allowed to name its connection, and a server that is no member of a Redis Cluster does not know READONLY, nor need to:
 * no reason to go without.
 */
export function handshake({
  username,
  password,
  database,
  protocol,
  greeting,
  name,
  replica = false,
}: LinkCredentials): Handshake | null {
  const requests: Uint8Array[] = [];
  // A user without a password (nopass) takes any.
  if (username !== null) requests.push(encodeCommand('AUTH', username, password ?? ''));
  else if (password !== null) requests.push(encodeCommand('AUTH', password));
  if (protocol === 3) requests.push(encodeCommand('HELLO', '3'));
  if (database > 0) requests.push(encodeCommand('SELECT', String(database)));
  if (greeting !== undefined) requests.push(greeting);
  const needed = requests.length;
  if (name !== null) requests.push(encodeCommand('CLIENT', 'SETNAME', name));
  if (replica) requests.push(encodeCommand('READONLY'));
  if (requests.length === 0) return null;
  return {
    request: Buffer.concat(requests),
    replies: requests.length,
    optional: requests.length - needed,
  };
}
