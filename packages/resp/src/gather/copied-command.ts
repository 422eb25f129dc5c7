import { argumentOf } from '../conversation/arguments.js';
import { encodeCommand } from '../request/encode-command.js';
import type { RespCommand } from '../request/resp-command.js';

/** A command as its words, some of which are keys. It outlives the bytes that it came in. */
export class CopiedCommand {
  readonly words: readonly Buffer[];
  readonly keys: readonly Buffer[];
  readonly readonly: boolean;

  constructor(command: RespCommand) {
    const keysByStart = new Map<number, Buffer>();
    const words = Array.from({ length: command.argCount }, (_, index) => {
      const word = argumentOf(command, index);
      keysByStart.set(command.argStart(index), word);
      return word;
    });
    this.words = words;
    this.keys = Array.from(
      { length: command.keyCount },
      (_, key) => keysByStart.get(command.keyStart(key)) as Buffer,
    );
    this.readonly = command.spec.readonly;
  }

  /** The same with other keys. @param rename says what a key is to be. */
  encodeWith(rename: (key: Buffer) => Uint8Array | string): Uint8Array {
    const keys = new Set(this.keys);
    return encodeCommand(...this.words.map((word) => (keys.has(word) ? rename(word) : word)));
  }
}
