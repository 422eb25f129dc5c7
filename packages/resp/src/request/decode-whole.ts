import { RespRequestDecoder } from './decoder.js';
import type { RespCommand } from './resp-command.js';

const UNLIMITED = {
  maxArguments: 0x7fffffff,
  maxBulkLength: 0x7fffffff,
  maxInlineLength: 0x7fffffff,
  maxKeyLength: 0x7fffffff,
};

/** The command that these bytes are, which were decoded before. */
export function decodeWhole(bytes: Uint8Array): RespCommand {
  const decoder = new RespRequestDecoder(UNLIMITED, { open: true });
  decoder.decode(bytes, 0, bytes.length);
  return decoder;
}
