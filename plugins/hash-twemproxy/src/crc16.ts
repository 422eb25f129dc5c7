import type { HashFunction } from '@shardmux/plugin-api';

const POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder & 0x8000 ? POLYNOMIAL : 0);
  return remainder;
});

/**
 * CRC-16 with the polynomial 0x1021 (XMODEM), in a 32-bit accumulator that Twemproxy never masks: the low half
 * is the true CRC, the upper half holds what was shifted out of it.
 */
export const crc16: HashFunction = (bytes, start, end) => {
  let crc = 0;
  for (let i = start; i < end; i++) crc = (crc << 8) ^ TABLE[((crc >>> 8) ^ bytes[i]) & 0xff];
  return crc >>> 0;
};
