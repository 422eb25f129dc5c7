import type { FragmentReplies } from '@shardmux/plugin-api';
import { encodeCommand } from '@shardmux/testing';
import { expect } from 'vitest';
import { RespMerger } from '../../src/fragments/merger.js';
import { RespReplyFramer } from '../../src/reply/framer.js';
import type { RespRequestDecoder } from '../../src/request/decoder.js';
import { decodeOne, text } from '../support.js';

const merger = new RespMerger();

/** @param owners which fragment each key went to; none where every server got the whole command. */
export function repliesOf(replies: readonly Uint8Array[], owners: readonly number[] = []): FragmentReplies {
  const framer = new RespReplyFramer();
  const classes = replies.map((reply) => {
    expect(framer.frame(reply, 0, reply.length)).toBe(reply.length);
    return framer.replyClass;
  });
  // The replies stand within larger buffers, as they do when they have come over a connection.
  const placed = replies.map((reply, i) => Buffer.concat([Buffer.alloc(i + 1), reply, Buffer.from('$9')]));
  return {
    count: replies.length,
    bytes: (fragment) => placed[fragment],
    start: (fragment) => fragment + 1,
    end: (fragment) => fragment + 1 + replies[fragment].length,
    replyClass: (fragment) => classes[fragment],
    keyCount: owners.length,
    fragmentOf: (key) => owners[key],
  };
}

/** The merged reply; null where the replies are not of the right form. */
export function merge(
  command: RespRequestDecoder,
  replies: readonly Uint8Array[],
  owners: readonly number[],
) {
  const all = repliesOf(replies, owners);
  const bound = merger.mergedBound(command.spec, all);
  const out = Buffer.alloc(bound + 10);
  const end = merger.merge(command.spec, all, out, 5);
  expect(end).toBeLessThanOrEqual(5 + bound);
  return end < 0 ? null : text(out, 5, end);
}

export function mergeTexts(words: string[], replies: readonly string[], owners: readonly number[]) {
  const bytes = replies.map((reply) => Buffer.from(reply, 'latin1'));
  return merge(decodeOne(encodeCommand(words)), bytes, owners);
}
