import type { Run } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { copyBytes } from '../../copy-bytes.js';
import type { RespCommand } from '../../request/resp-command.js';
import type { Script } from '../scripts/script.js';

const MULTI = ascii('*1\r\n$5\r\nMULTI\r\n');
const EXEC = ascii('*1\r\n$4\r\nEXEC\r\n');

/** Those of MULTI and EXEC. */
const OWN_REPLIES = 2;

const INITIAL_SIZE = 1_024;
const INITIAL_KEYS = 16;

/**
 * The commands between MULTI and EXEC, as they will go out: copied one behind the other, so that the server gets them
 * in one piece and nothing of another client comes between.
 *
 *   MULTI │ command │ command │ … │ EXEC
 */
export class Transaction implements Run {
  readonly kind = 'run';
  readonly spec: RespCommandSpec;
  readonly start = 0;
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_SIZE);
  end = 0;
  replies = OWN_REPLIES;
  keyCount = 0;
  /** A command was refused: nothing of it will run. */
  isSpoilt = false;
  /** Which of its commands are answered here. */
  readonly own = new Set<number>();
  /** Those that it runs by their SHA-1. */
  readonly scripts = new Set<Script>();
  /** One of its commands changes data. */
  writes = false;
  readonly #limit: number;
  /** Start and end of each key. */
  #keys = new Uint32Array(2 * INITIAL_KEYS);

  /**
   * @param spec of EXEC.
   * @param limit of its bytes.
   */
  constructor(spec: RespCommandSpec, limit: number) {
    this.spec = spec;
    this.#limit = limit;
    this.#append(MULTI, 0, MULTI.length);
  }

  get commandCount(): number {
    return this.replies - OWN_REPLIES;
  }

  keyStart(index: number): number {
    return this.#keys[2 * index];
  }

  keyEnd(index: number): number {
    return this.#keys[2 * index + 1];
  }

  /** @param keyCount how many of its keys are to be on the one server. False: with this command it would be larger than it may be. */
  add(command: RespCommand, keyCount: number): boolean {
    const { bytes, start, end } = command;
    if (this.end + (end - start) + EXEC.length > this.#limit) return false;
    const shift = this.end - start;
    this.#makeRoomForKeys(this.keyCount + keyCount);
    for (let key = 0; key < keyCount; key++) {
      const at = 2 * this.keyCount++;
      this.#keys[at] = command.keyStart(key) + shift;
      this.#keys[at + 1] = command.keyEnd(key) + shift;
    }
    this.#append(bytes, start, end);
    this.replies++;
    this.writes ||= command.spec.writes;
    return true;
  }

  /** Nothing more will come. */
  close(): void {
    this.#append(EXEC, 0, EXEC.length);
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.end + (end - start);
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.end);
      this.bytes = larger;
    }
    this.end = copyBytes(bytes, start, end, this.bytes, this.end);
  }

  #makeRoomForKeys(count: number): void {
    if (2 * count <= this.#keys.length) return;
    const larger = new Uint32Array(4 * count);
    larger.set(this.#keys);
    this.#keys = larger;
  }
}
