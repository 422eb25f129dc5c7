import { sampleBlock } from '../samples.js';
import { expectBytes } from './carrying.js';
import type { Connection, Harness } from './harness.js';

const BLOCK = 1 << 20;
/** More blocks than a kernel takes for a peer that reads nothing. */
const BLOCKS = 32;

export async function freesTakenRanges(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    const blocks = Array.from({ length: BLOCKS }, (_, i) => sampleBlock(1_000 * i + BLOCK / 4));
    for (const block of blocks) {
      const range = Buffer.from(block);
      if (channel.write(range)) range.fill(0xff);
    }
    const expected = Buffer.concat(blocks);
    expectBytes(channel, await peer.bytes(expected.length), expected);
  }
}

export async function saysFull(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel } = await harness.open(side);
    const block = sampleBlock(BLOCK);
    let blocks = 0;
    while (channel.write(block)) {
      if (++blocks === BLOCKS) channel.breach(`${BLOCKS} MiB are taken for a peer that reads nothing`);
    }
  }
}

/** Writes more than the kernel takes, to a peer that does not read yet. */
function stuff({ channel }: Connection): { readonly ranges: Buffer[]; readonly expected: Buffer } {
  const expected = sampleBlock(BLOCKS * BLOCK);
  const ranges = Array.from({ length: BLOCKS }, (_, i) =>
    Buffer.from(expected.subarray(i * BLOCK, (i + 1) * BLOCK)),
  );
  const taken = ranges.map((range) => channel.write(range));
  if (taken.at(-1)) channel.breach('nothing is left to be drained');
  return { ranges, expected };
}

export async function drainsLate(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const connection = await harness.open(side);
    const { channel, peer } = connection;
    const { ranges, expected } = stuff(connection);
    await harness.proof.quiet();
    if (channel.log.count('drained') > 0) channel.breach('"drained" is told while the peer reads nothing');
    channel.log.reactions.drained = () => {
      for (const range of ranges) range.fill(0xff);
    };
    expectBytes(channel, await peer.bytes(expected.length), expected);
  }
}

export async function tellsDrained(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const connection = await harness.open(side);
    stuff(connection);
    connection.peer.read();
    await connection.channel.told('drained');
  }
}

/** Paused before the first byte, in the acceptor where there is one, and then again from within `received`. */
export async function holdsWhilePaused(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } =
      side === 'accepted'
        ? await harness.accepted((accepted) => accepted.pause())
        : await harness.connected();
    channel.pause();
    peer.write(sampleBlock(4 * BLOCK));
    await harness.proof.quiet();
    if (channel.log.length > 0) channel.breach(`${channel.log.length} bytes came through`);
    channel.log.reactions.received = () => {
      channel.pause();
      channel.pause();
    };
    channel.resume();
    await channel.told('received');
    await harness.proof.quiet();
    const events = channel.log.count('received');
    if (events > 1) channel.breach(`${events} ranges came, paused in the first`);
  }
}

export async function resumes(harness: Harness): Promise<void> {
  const block = sampleBlock(4 * BLOCK);
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    channel.pause();
    channel.pause();
    peer.write(block);
    await harness.proof.quiet();
    channel.log.reactions.received = () => {
      channel.pause();
      setImmediate(() => {
        channel.resume();
        channel.resume();
      });
    };
    channel.resume();
    expectBytes(channel, await channel.bytes(block.length), block);
  }
}
