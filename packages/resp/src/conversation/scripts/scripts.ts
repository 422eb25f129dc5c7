/**
 * The scripts that passed: a server that was not given one is given it before it is to run it, since for clients the
 * servers are one, and that has it.
 *
 *   EVAL, SCRIPT LOAD ──► kept ── others need its room, and it did not pass lately ──► forgotten
 *                           └──── SCRIPT FLUSH ──────────────────────────────────────────┘
 */
import { createHash } from 'node:crypto';
import { foldCase, NINE, ZERO } from '../../ascii.js';
import type { Arguments } from '../../commands/refusal.js';
import { Script } from './script.js';

const MAX_BYTES = 16 * 1_024 * 1_024;

/** What one takes beside its body, about. */
const OVERHEAD = 512;

const DIGITS = 40;

/** So many hex digits make a number that needs no memory of its own. */
const NUMBER_DIGITS = 7;

/** A power of two. */
const SLOTS = 256;

export class Scripts {
  /** By the first digits, in the order in which they are considered to be forgotten. Of two with the same the later. */
  readonly #scripts = new Map<number, Script>();
  /** By what is soon read of a body: one that comes again needs no SHA-1. */
  readonly #recent = new Array<Script | null>(SLOTS).fill(null);
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The one whose body argument `index` is: kept from now on. `null`: it is too large to be. */
  learn(command: Arguments, index: number): Script | null {
    const { bytes } = command;
    const start = command.argStart(index);
    const end = command.argEnd(index);
    const slot = slotOf(bytes, start, end);
    const recent = this.#recent[slot];
    if (recent !== null && recent.body.compare(bytes, start, end) === 0) {
      recent.isUsed = true;
      return recent;
    }
    if (end - start + OVERHEAD > this.#maxBytes) return null;
    const script = this.#keep(bytes.subarray(start, end));
    this.#recent[slot] = script;
    return script;
  }

  #keep(body: Uint8Array): Script {
    const digits = Buffer.from(createHash('sha1').update(body).digest('hex'), 'latin1');
    const number = numberIn(digits, 0);
    const known = this.#scripts.get(number);
    if (known !== undefined) {
      if (known.body.equals(body)) return known;
      this.#forget(number, known);
    }
    const script = new Script(digits, body);
    this.#scripts.set(number, script);
    this.#bytes += script.body.length + OVERHEAD;
    this.#makeRoom();
    return script;
  }

  /** The one whose SHA-1 argument `index` is, in any letter case. */
  find(command: Arguments, index: number): Script | null {
    const { bytes } = command;
    const start = command.argStart(index);
    if (command.argEnd(index) - start !== DIGITS) return null;
    const script = this.#scripts.get(numberIn(bytes, start));
    if (script === undefined) return null;
    for (let i = 0; i < DIGITS; i++) if (foldCase[bytes[start + i]] !== script.digits[i]) return null;
    script.isUsed = true;
    return script;
  }

  /** One that passed since it was considered last is spared this time. */
  #makeRoom(): void {
    for (const [number, script] of this.#scripts) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#scripts.delete(number);
      if (script.isUsed) {
        script.isUsed = false;
        this.#scripts.set(number, script);
      } else this.#forget(number, script);
    }
  }

  #forget(number: number, script: Script): void {
    const { body } = script;
    this.#scripts.delete(number);
    this.#bytes -= body.length + OVERHEAD;
    const slot = slotOf(body, 0, body.length);
    if (this.#recent[slot] === script) this.#recent[slot] = null;
  }

  clear(): void {
    this.#scripts.clear();
    this.#recent.fill(null);
    this.#bytes = 0;
  }
}

/** Of bodies that differ in little: their length, and a byte of each quarter. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const quarter = (end - start) >> 2;
  let hash = end - start;
  for (let at = start; at < end; at += quarter + 1) hash = Math.imul(hash, 31) + bytes[at];
  return hash & (SLOTS - 1);
}

/** The first hex digits; of what is none, any number. */
function numberIn(bytes: Uint8Array, start: number): number {
  let number = 0;
  for (let at = start; at < start + NUMBER_DIGITS; at++) {
    const byte = foldCase[bytes[at]];
    number = (number << 4) | (byte >= ZERO && byte <= NINE ? byte - ZERO : (byte - 0x57) & 0xf);
  }
  return number;
}
