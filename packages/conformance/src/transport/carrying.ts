import { sampleBlock } from '../samples.js';
import type { Harness } from './harness.js';
import type { WatchedChannel } from './watched-channel.js';

/** Around the sizes at which systems and buffers have their edges. */
const LENGTHS = [0, 1, 2, 1_000, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20, 16 << 20];
const TOTAL = LENGTHS.reduce((sum, length) => sum + length);
const SOME = 1 << 20;

/** Junk before and after a range that is to be sent. */
const MARGIN = 16;

export async function sendsWhole(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    const blocks = LENGTHS.map((length) => sampleBlock(length + 2 * MARGIN));
    for (const block of blocks) channel.write(block, MARGIN, block.length - MARGIN);
    const expected = Buffer.concat(blocks.map((block) => block.subarray(MARGIN, -MARGIN)));
    expectBytes(channel, await peer.bytes(TOTAL), expected);
  }
}

export async function receivesWhole(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    const blocks = LENGTHS.map(sampleBlock);
    for (const block of blocks) peer.write(block);
    expectBytes(channel, await channel.bytes(TOTAL), Buffer.concat(blocks));
  }
}

export async function talksToItself(harness: Harness): Promise<void> {
  const { port, accepted } = await harness.acceptOne();
  const one = harness.connect(port);
  await one.told('opened');
  const other = await harness.proof.settled('accepting', accepted);
  const block = sampleBlock(SOME);
  one.write(block);
  other.write(block);
  expectBytes(one, await one.bytes(SOME), block);
  expectBytes(other, await other.bytes(SOME), block);
}

const MANY = 8;

/** All channels of a transport read into one region, by turns. */
export async function keepsChannelsApart(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const connections = await Promise.all(Array.from({ length: MANY }, () => harness.open(side)));
    const block = (index: number) => sampleBlock(SOME + index);
    connections.forEach(({ channel, peer }, i) => {
      channel.write(block(i));
      peer.write(block(MANY + i));
    });
    for (const [i, { channel, peer }] of connections.entries()) {
      expectBytes(channel, await peer.bytes(SOME + i), block(i));
      expectBytes(channel, await channel.bytes(SOME + MANY + i), block(MANY + i));
    }
  }
}

export async function staysInRange(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    peer.write(sampleBlock(SOME));
    await channel.bytes(SOME);
    const [bad] = channel.log.badRanges;
    if (bad) channel.breach(`the range ${bad} was told`);
    if (!harness.marginsAreWhole) channel.breach('bytes around the read region were written to');
  }
}

export function expectBytes(channel: WatchedChannel, actual: Buffer, expected: Buffer): void {
  if (actual.equals(expected)) return;
  if (actual.length !== expected.length) channel.breach(`${expected.length} bytes became ${actual.length}`);
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  channel.breach(`byte ${at} of ${expected.length} is ${actual[at]} instead of ${expected[at]}`);
}
