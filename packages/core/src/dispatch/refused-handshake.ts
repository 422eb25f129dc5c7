/**
 * The error of a connection whose handshake a server has refused. From a quotation mark on a server may repeat what it
 * was sent, the password too: one that does not know AUTH does.
 * @param bytes the reply is `bytes[start, end)`.
 */
export function refusedHandshake(bytes: Uint8Array, start: number, end: number): Error {
  const text = Buffer.from(bytes.subarray(start, end))
    .toString('latin1')
    .replace(/['"`].*/s, '…');
  return new Error(`the server refused the handshake: ${text.trim()}`);
}
