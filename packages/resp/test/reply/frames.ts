import { FRAME_INCOMPLETE, FRAME_MALFORMED, type ReplyClass } from '@shardmux/plugin-api';
import { expect } from 'vitest';
import { RespReplyFramer } from '../../src/reply/framer.js';

interface Frame {
  readonly end: number;
  readonly replyClass: ReplyClass;
  readonly isPush: boolean;
}

/** What a framer finds in bytes that come in pieces, each at another place of the memory. */
export interface Frames {
  readonly frames: readonly Frame[];
  /** Why there are no more; `null` where all bytes were framed. */
  readonly left: typeof FRAME_INCOMPLETE | typeof FRAME_MALFORMED | null;
}

/** @param cuts where pieces end, in order. */
export function framesOf(bytes: Buffer, cuts: readonly number[] = []): Frames {
  const framer = new RespReplyFramer();
  const frames: Frame[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    const offset = cut % 5;
    const moved = Buffer.concat([Buffer.alloc(offset), bytes.subarray(start, cut), Buffer.from('+x\r\n')]);
    const end = moved.length - 4;
    let at = offset;
    for (;;) {
      const next = framer.frame(moved, at, end);
      if (next === FRAME_MALFORMED) return { frames, left: FRAME_MALFORMED };
      if (next === FRAME_INCOMPLETE) break;
      const { replyClass, isPush } = framer;
      frames.push({ end: start + next - offset, replyClass, isPush });
      at = next;
    }
    expect(framer.expected).toBeGreaterThan(end - at);
    start += at - offset;
  }
  return { frames, left: start === bytes.length ? null : FRAME_INCOMPLETE };
}
