const REVERSED_POLYNOMIAL = 0xedb88320;

/**
 * The key of four bytes whose CRC-32 is `hash`; there is exactly one. With `hash: crc32a`, any value can so be
 * put to a distribution through a proxy.
 *
 * The register is run backwards, bit by bit, from its end to where it stood after the initial value and the key
 * had been added.
 */
export function keyWithCrc32(hash: number): Uint8Array {
  let register = ~hash;
  for (let bit = 0; bit < 32; bit++) {
    const carry = register >>> 31;
    register = ((register ^ (carry ? REVERSED_POLYNOMIAL : 0)) << 1) | carry;
  }
  const key = Buffer.alloc(4);
  key.writeInt32LE(~register);
  return key;
}
