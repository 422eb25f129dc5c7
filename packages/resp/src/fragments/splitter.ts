/**
 *   *3 MGET k1 k2  ─►  *2 MGET | k1     a head that is written, then parts that are copied as they are
 *                      *2 MGET | k2
 */
import type { Splitter } from '@shardmux/plugin-api';
import { ASTERISK } from '../ascii.js';
import type { RespCommandSpec } from '../commands/command-spec.js';
import { lengthLineSize, writeLengthLine } from '../length-line.js';
import type { RespCommand } from '../request/resp-command.js';

const CRLF_LENGTH = 2;

/** For commands that are a name and then equal parts: one key, or a key and its value. */
export class RespSplitter implements Splitter<RespCommandSpec, RespCommand> {
  headLength(spec: RespCommandSpec, parts: number): number {
    return lengthLineSize(1 + parts * spec.keyStep) + spec.nameBulk.length;
  }

  writeHead(spec: RespCommandSpec, parts: number, out: Uint8Array, at: number): void {
    out.set(spec.nameBulk, writeLengthLine(ASTERISK, 1 + parts * spec.keyStep, out, at));
  }

  /** A part begins where the argument before it ends. */
  partStart(command: RespCommand, key: number): number {
    const { firstKey, keyStep } = command.spec;
    return command.argEnd(firstKey + key * keyStep - 1) + CRLF_LENGTH;
  }

  partEnd(command: RespCommand, key: number): number {
    return this.partStart(command, key + 1);
  }
}
