import { copyBytes } from '../bytes/copy.js';
import type { Slab } from '../bytes/slab.js';
import type { SlabWriter } from '../bytes/slab-writer.js';
import type { Request } from './request.js';

/** Keeps a copy of a reply that cannot be passed on yet. */
export function holdReply(
  held: SlabWriter,
  request: Request,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const slab = held.reserve(end - start);
  request.replySlab = slab;
  request.replyEnd = slab.fill;
  request.replyStart = slab.fill - (end - start);
  copyBytes(bytes, start, end, slab.bytes, request.replyStart);
}

export function releaseReply(held: SlabWriter, request: Request): void {
  held.release(request.replySlab as Slab);
  request.replySlab = null;
}
