import { DecodeStatus, FRAME_INCOMPLETE, FRAME_MALFORMED, type RequestDecoder } from '@shardmux/plugin-api';
import { argumentsOf, keysOf, type Subject } from './subject.js';

/**
 * What a decoder of commands and a framer of replies have in common: bytes come in pieces, and it finds where
 * something in them ends.
 */
export interface Scanner {
  scan(bytes: Uint8Array, start: number, end: number): Finding;
}

export type Finding =
  | { readonly status: 'incomplete'; readonly expected: number }
  | { readonly status: 'malformed' }
  /** `content` is all that is told of it, `next` the offset after it. */
  | { readonly status: 'whole'; readonly next: number; readonly content: string };

export function decoderOf(subject: Subject): Scanner {
  const decoder = subject.createDecoder();
  return {
    scan(bytes, start, end) {
      switch (decoder.decode(bytes, start, end)) {
        case DecodeStatus.incomplete:
          return { status: 'incomplete', expected: decoder.expected };
        case DecodeStatus.malformed:
          return { status: 'malformed' };
        case DecodeStatus.skipped:
          return { status: 'whole', next: decoder.consumed, content: 'nothing' };
        case DecodeStatus.command:
          return { status: 'whole', next: decoder.consumed, content: contentOf(decoder) };
      }
    },
  };
}

function contentOf(decoder: RequestDecoder): string {
  const { spec, handling, bytes, start, end } = decoder;
  const texts = (each: readonly Buffer[]) => each.map((one) => one.toString('latin1'));
  return JSON.stringify({
    name: spec.name,
    handling,
    request: texts([Buffer.from(bytes.subarray(start, end))]),
    arguments: texts(argumentsOf(decoder)),
    keys: texts(keysOf(decoder)),
  });
}

export function framerOf({ codec }: Subject): Scanner {
  const framer = codec.createFramer();
  return {
    scan(bytes, start, end) {
      const next = framer.frame(bytes, start, end);
      if (next === FRAME_INCOMPLETE) return { status: 'incomplete', expected: framer.expected };
      if (next === FRAME_MALFORMED) return { status: 'malformed' };
      const what = framer.isPush ? 'a push' : 'a reply';
      return { status: 'whole', next, content: `${what} of class ${framer.replyClass}` };
    },
  };
}
