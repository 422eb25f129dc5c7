import type { HashFunction } from '@shardmux/plugin-api';

const POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder & 0x8000 ? POLYNOMIAL : 0);
  return remainder;
});

/** CRC-16/XMODEM: polynomial 0x1021, initial value 0, nothing reflected. */
export const crc16: HashFunction = (bytes, start, end) => {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xff00) ^ TABLE[(crc >>> 8) ^ bytes[i]];
  return crc;
};
