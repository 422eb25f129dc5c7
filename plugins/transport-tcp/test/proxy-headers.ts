/*
 * Headers of the PROXY protocol, version 2, as haproxy.org/download/2.9/doc/proxy-protocol.txt describes them.
 */

export const LOCAL = 0x20;
export const PROXY = 0x21;
export const UNSPECIFIED = 0x00;
export const TCP4 = 0x11;
export const TCP6 = 0x21;
export const UNIX = 0x31;

export function proxyHeader(command: number, kind: number, ...rest: readonly Uint8Array[]): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rest.reduce((sum, part) => sum + part.length, 0));
  const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
  return Buffer.concat([signature, Buffer.from([command, kind]), length, ...rest]);
}

/** The addresses of one who connects from there to 127.0.0.1:6379. */
export function tcp4(address: string, port: number): Buffer {
  const bytes = Buffer.from([...address.split('.').map(Number), 127, 0, 0, 1, 0, 0, 0, 0]);
  bytes.writeUInt16BE(port, 8);
  bytes.writeUInt16BE(6379, 10);
  return bytes;
}

/** The addresses of one who connects from there to itself. */
export function tcp6(groups: readonly number[], port: number): Buffer {
  const bytes = Buffer.alloc(36);
  for (const [i, group] of [...groups, ...groups].entries()) bytes.writeUInt16BE(group, 2 * i);
  bytes.writeUInt16BE(port, 32);
  bytes.writeUInt16BE(6379, 34);
  return bytes;
}
