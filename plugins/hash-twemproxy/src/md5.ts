import type { HashFunction } from '@shardmux/plugin-api';
import { word } from './little-endian.js';

//   key ──► 64-byte blocks ──► compress ──► state[0]
//   the last block or two: rest of the key · 0x80 · zeros · length in bits
//
// State and block are kept between calls only to spare their allocation; every call writes them anew.

const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32);
const SHIFTS = Uint8Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

const state = new Int32Array(4);
const block = new Int32Array(16);

/** The first four bytes of the MD5 digest (RFC 1321), as a little-endian word. */
export const md5: HashFunction = (bytes, start, end) => {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  let at = start;
  for (; end - at >= 64; at += 64) {
    for (let i = 0; i < 16; i++) block[i] = word(bytes, at + 4 * i);
    compress();
  }
  block.fill(0);
  const rest = end - at;
  for (let i = 0; i < rest; i++) block[i >> 2] |= bytes[at + i] << ((i & 3) << 3);
  block[rest >> 2] |= 0x80 << ((rest & 3) << 3);
  if (rest >= 56) {
    compress();
    block.fill(0);
  }
  block[14] = (end - start) << 3;
  block[15] = (end - start) >>> 29;
  compress();
  return state[0] >>> 0;
};

function compress(): void {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let mixed: number;
    let index: number;
    if (round === 0) {
      mixed = d ^ (b & (c ^ d));
      index = i;
    } else if (round === 1) {
      mixed = c ^ (d & (b ^ c));
      index = 5 * i + 1;
    } else if (round === 2) {
      mixed = b ^ c ^ d;
      index = 3 * i + 5;
    } else {
      mixed = c ^ (b | ~d);
      index = 7 * i;
    }
    const sum = (a + mixed + SINES[i] + block[index & 15]) | 0;
    const shift = SHIFTS[4 * round + (i & 3)];
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}
