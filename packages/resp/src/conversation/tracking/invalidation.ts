/**
 * What servers say of keys that have changed, in RESP3 and as the message that says it in RESP2.
 *
 *   >2 │ $10 invalidate │ keys, or null        *3 │ $7 message │ $20 __redis__:invalidate │ keys, or nil
 */
import { ascii, UNDERSCORE } from '../../ascii.js';
import { nil } from '../replies.js';

const pushed = ascii('>2\r\n$10\r\ninvalidate\r\n');
const message = ascii('*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n');

/** The push of all keys. */
export const invalidateAll = Buffer.concat([pushed, nil(3)]);

/** @returns the message that says what `bytes[start, end)` pushes. */
export function messageOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const keys = bytes.subarray(start + pushed.length, end);
  return Buffer.concat([message, keys[0] === UNDERSCORE ? nil(2) : keys]);
}
