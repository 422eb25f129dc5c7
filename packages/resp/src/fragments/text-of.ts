import type { FragmentReplies } from '@shardmux/plugin-api';
import { replyStart } from './reply-start.js';

/** A whole reply, byte by byte: for commands that are rare. */
export function textOf(replies: FragmentReplies, fragment: number): string {
  const { buffer, byteOffset } = replies.bytes(fragment);
  const start = replyStart(replies, fragment);
  return Buffer.from(buffer, byteOffset + start, replies.end(fragment) - start).toString('latin1');
}
