import { SocketAddress } from 'node:net';

/** No other protocol begins so. */
const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const HEAD_LENGTH = 16;
const VERSION_2 = 2;
const LOCAL = 0;
const PROXY = 1;

/** A kind of address, by the byte that names it: its protocol family and, of the transports, that of streams. */
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX = 0x31;
/** Bytes of both addresses, of the client and of what it connected to, with their ports. */
const ADDRESS_LENGTH: Partial<Record<number, number>> = {
  [UNSPECIFIED]: 0,
  [TCP4]: 12,
  [TCP6]: 36,
  [UNIX]: 216,
};
/** The addresses that are read; a path says nothing about a client. */
const LONGEST_ADDRESS = 36;

/**
 * The header of the PROXY protocol, version 2, with which a balancer begins a connection. It may come in any parts.
 *
 *   signature (12) │ version, command (1) │ kind (1) │ length of what follows (2) │ addresses │ TLVs
 *
 * What is wrong is found at the first byte that shows it. What is kept does not depend on any length: TLVs are passed
 * over.
 */
export class ProxyHeader {
  /** What is wrong with it; `null` for nothing so far. */
  fault: string | null = null;
  readonly #kept = Buffer.alloc(HEAD_LENGTH + LONGEST_ADDRESS);
  #taken = 0;
  #length = HEAD_LENGTH;

  get isWhole(): boolean {
    return this.#taken === this.#length;
  }

  /** Takes what belongs to it of the bytes `[start, end)`, and returns where the rest begins. */
  take(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.isWhole && this.fault === null) {
      const index = this.#taken++;
      const byte = bytes[at++];
      if (index < this.#kept.length) this.#kept[index] = byte;
      if (index < HEAD_LENGTH) this.#check(index, byte);
    }
    return at;
  }

  #check(index: number, byte: number): void {
    if (index < SIGNATURE.length) {
      if (byte !== SIGNATURE[index]) this.fault = 'it does not begin with a header of version 2';
    } else if (index === 12) {
      if (byte >> 4 !== VERSION_2) this.fault = `the header is of version ${byte >> 4}, not 2`;
      else if (this.#command > PROXY) this.fault = `the header has an unknown command, ${this.#command}`;
    } else if (index === 13) {
      if (this.#command === PROXY && ADDRESS_LENGTH[byte] === undefined) {
        this.fault = `the header has addresses of an unknown kind, 0x${byte.toString(16)}`;
      }
    } else if (index === 15) {
      this.#checkLength(this.#kept.readUInt16BE(14));
    }
  }

  #checkLength(length: number): void {
    this.#length = HEAD_LENGTH + length;
    if (this.#command === PROXY && length < (ADDRESS_LENGTH[this.#kind] ?? 0)) {
      this.fault = `the header is too short for its addresses: ${length} bytes`;
    }
  }

  get #command(): number {
    return this.#kept[12] & 0x0f;
  }

  get #kind(): number {
    return this.#kept[13];
  }

  /** For whom the balancer has connected: `address:port`, or `unix`; `null` where it did so for itself. */
  get client(): string | null {
    if (this.#command === LOCAL) return null;
    switch (this.#kind) {
      case TCP4:
        return `${this.#kept.subarray(16, 20).join('.')}:${this.#kept.readUInt16BE(24)}`;
      case TCP6:
        return `${ipv6(this.#kept.subarray(16, 32))}:${this.#kept.readUInt16BE(48)}`;
      case UNIX:
        return 'unix';
      default:
        return null;
    }
  }
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}
