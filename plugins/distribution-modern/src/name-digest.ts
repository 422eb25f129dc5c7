import { createHash } from 'node:crypto';

/** The first eight bytes of the SHA-256 of a node's name, as two little-endian uint32. */
export function nameDigest(name: string): [number, number] {
  const digest = createHash('sha256').update(name).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
