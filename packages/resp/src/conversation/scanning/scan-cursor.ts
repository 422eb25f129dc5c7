/**
 * Where a scan of all servers is: which one it is at, and that one's own cursor.
 *
 *   server's cursor × 65,536 + server's id
 *
 * A server's cursor is no larger than its table, so that clients which make a number of the whole have it exactly
 * for tables of up to 2^37 entries. 0 begins and ends, as with one server: no id is 0.
 */
export interface ScanCursor {
  readonly server: number;
  readonly own: bigint;
}

const ID_BITS = 16n;
const ID_MASK = 0xffffn;
const MAX_CURSOR = 2n ** 64n - 1n;

/** As redis-server does, it takes nothing for 0. `null` for what is no cursor. */
export function readCursor(text: string): ScanCursor | null {
  if (!/^\d{0,20}$/.test(text) || BigInt(text) > MAX_CURSOR) return null;
  const value = BigInt(text);
  return { server: Number(value & ID_MASK), own: value >> ID_BITS };
}

export function writeCursor({ server, own }: ScanCursor): string {
  return String((own << ID_BITS) | BigInt(server));
}
