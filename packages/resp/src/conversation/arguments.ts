/** Copies of what a command is made of: its own bytes are gone with the next one. */
import type { KeyRanges } from '@shardmux/plugin-api';
import type { Arguments } from '../commands/refusal.js';
import type { RespCommand } from '../request/resp-command.js';

/** The whole of it. */
export function bytesOf({ bytes, start, end }: RespCommand): Uint8Array {
  return Buffer.from(bytes.subarray(start, end));
}

export function argumentOf(command: Arguments, index: number): Buffer {
  return Buffer.from(command.bytes.subarray(command.argStart(index), command.argEnd(index)));
}

export function keysOf(command: KeyRanges): Uint8Array[] {
  return Array.from({ length: command.keyCount }, (_, key) =>
    Buffer.from(command.bytes.subarray(command.keyStart(key), command.keyEnd(key))),
  );
}
