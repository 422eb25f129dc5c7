import { type DecoderLimits, DecodeStatus } from '@shardmux/plugin-api';
import { expect } from 'vitest';
import { RespRequestDecoder } from '../../src/request/decoder.js';
import { argumentsOf, conversationThatIs, keysOf, limits, text } from '../support.js';

export interface OutcomeOptions {
  /** How many bytes have come at each call before the last: rising, each at most the whole. */
  readonly cuts?: readonly number[];
  readonly limits?: Partial<DecoderLimits>;
  readonly open?: boolean;
}

/**
 * What decoding comes to: an entry for each command, the error that ended it, `incomplete` where bytes are left.
 * At each call the bytes stand in another buffer, at another offset, and other bytes follow them.
 */
export function outcomeOf(bytes: Uint8Array, options: OutcomeOptions = {}): unknown[] {
  const open = options.open ?? true;
  const decoder = new RespRequestDecoder({ ...limits, ...options.limits }, conversationThatIs(open));
  const seen: unknown[] = [];
  let start = 0;
  for (const cut of [...(options.cuts ?? []), bytes.length]) {
    const offset = cut % 7;
    const moved = Buffer.alloc(offset + cut - start + 5, '$');
    moved.set(bytes.subarray(start, cut), offset);
    const end = moved.length - 5;
    let at = offset;
    for (;;) {
      const status = decoder.decode(moved, at, end);
      if (status === DecodeStatus.incomplete) break;
      if (status === DecodeStatus.malformed) return [...seen, text(decoder.malformedReply)];
      if (status === DecodeStatus.command) seen.push(describe(decoder));
      expect(decoder.consumed).toBeGreaterThan(at);
      at = decoder.consumed;
    }
    expect(decoder.expected).toBeGreaterThan(end - at);
    start += at - offset;
  }
  return start === bytes.length ? seen : [...seen, 'incomplete'];
}

function describe(command: RespRequestDecoder): unknown {
  return {
    name: command.spec.name,
    handling: command.handling,
    refusal: command.refusal,
    request: text(command.bytes, command.start, command.end),
    arguments: argumentsOf(command),
    keys: keysOf(command),
  };
}
