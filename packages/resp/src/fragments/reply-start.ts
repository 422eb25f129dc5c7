import type { FragmentReplies } from '@shardmux/plugin-api';
import { passAttributes } from '../reply/attributes.js';

/** Where a fragment's reply itself begins: what attributes say of a part is not said of the whole. */
export function replyStart(replies: FragmentReplies, fragment: number): number {
  return passAttributes(replies.bytes(fragment), replies.start(fragment), replies.end(fragment));
}
