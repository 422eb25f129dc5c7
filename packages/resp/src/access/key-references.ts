import type { KeyAccess } from '../commands/command-row.js';

/** What a user may do with a key, or a command wants to: bits. */
export const KeyRight = { none: 0, read: 1, write: 2, readWrite: 3 } as const satisfies Partial<
  Record<KeyAccess, number>
>;

export type KeyRight = (typeof KeyRight)[keyof typeof KeyRight];

const INITIAL_ROOM = 16;

/** Which arguments of a command are keys, and what it wants to do with each. Filled anew for each command. */
export class KeyReferences {
  count = 0;
  #positions = new Int32Array(INITIAL_ROOM);
  #rights = new Uint8Array(INITIAL_ROOM);

  position(index: number): number {
    return this.#positions[index];
  }

  right(index: number): number {
    return this.#rights[index];
  }

  add(position: number, right: KeyRight): void {
    if (this.count === this.#positions.length) this.#grow();
    this.#positions[this.count] = position;
    this.#rights[this.count++] = right;
  }

  #grow(): void {
    const positions = new Int32Array(2 * this.count);
    const rights = new Uint8Array(2 * this.count);
    positions.set(this.#positions);
    rights.set(this.#rights);
    this.#positions = positions;
    this.#rights = rights;
  }
}
