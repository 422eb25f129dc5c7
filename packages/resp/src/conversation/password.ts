import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that tells nothing: not how much of a guess is right, nor how long the password is. */
export function samePassword(given: Uint8Array, expected: Uint8Array): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
