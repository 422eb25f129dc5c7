import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a password: all that is kept of it. */
export class PasswordHash {
  /** 64 hexadecimal digits in lower case. */
  readonly hex: string;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.hex = bytes.toString('hex');
    this.#bytes = bytes;
  }

  static of(password: Uint8Array): PasswordHash {
    return new PasswordHash(createHash('sha256').update(password).digest());
  }

  /** `null` for what is none. */
  static parse(hex: string): PasswordHash | null {
    return /^[0-9a-f]{64}$/.test(hex) ? new PasswordHash(Buffer.from(hex, 'hex')) : null;
  }

  /** In a time that tells nothing of how much is right. */
  equals(other: PasswordHash): boolean {
    return timingSafeEqual(this.#bytes, other.#bytes);
  }
}
