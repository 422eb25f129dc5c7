import { createServer } from 'node:net';
import { sampleBlock } from '../samples.js';
import { expectBytes } from './carrying.js';
import type { Connection, Harness } from './harness.js';

const SOME = 1 << 20;
const WORD = Buffer.from('goodbye');

export async function tellsEnd(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    peer.write(sampleBlock(SOME));
    peer.end();
    await channel.told('ended');
    await harness.proof.quiet();
    const { length, events } = channel.log;
    if (length !== SOME) channel.breach(`of ${SOME} bytes before the end ${length} came`);
    if (channel.log.count('ended') > 1) channel.breach('"ended" came twice');
    if (events.lastIndexOf('received') > events.indexOf('ended')) channel.breach('bytes came after it');
  }
}

export async function writesAfterEnd(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    peer.end();
    await channel.told('ended');
    await harness.proof.quiet();
    channel.write(WORD);
    expectBytes(channel, await peer.bytes(WORD.length), WORD);
  }
}

export async function endsAfterWrites(harness: Harness): Promise<void> {
  const block = sampleBlock(4 * SOME);
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    channel.write(block);
    channel.end();
    await peer.ended();
    expectBytes(channel, await peer.bytes(block.length), block);
  }
}

export async function drainsAtEnd(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    peer.read();
    channel.end();
    await channel.told('drained');
  }
}

export async function closesWhenBothEnded(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    channel.end();
    await peer.ended();
    peer.write(WORD);
    expectBytes(channel, await channel.bytes(WORD.length), WORD);
    await harness.proof.quiet();
    if (channel.log.count('closed') > 0) channel.breach('it closed before the other side had ended');
    peer.end();
    await channel.told('closed');
    if (channel.log.error !== null) channel.breach(`the cause is ${channel.log.error}`);
  }
}

export async function tellsLoss(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    // Only when both sides have spoken does a secure connection stand.
    peer.write(WORD);
    await channel.bytes(WORD.length);
    channel.write(WORD);
    await peer.bytes(WORD.length);
    peer.reset();
    await channel.told('closed');
    if (channel.log.error === null) channel.breach('there is no cause');
  }
}

export async function dropsConnection(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    channel.destroy();
    await peer.gone();
    await channel.told('closed');
  }
}

export async function destroysTwice(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel } = await harness.open(side);
    channel.destroy();
    channel.destroy();
    await channel.told('closed');
    channel.destroy();
  }
}

export async function destroysWhileConnecting(harness: Harness): Promise<void> {
  const channel = harness.connect(await harness.serve(createServer()));
  channel.destroy();
  await channel.told('closed');
  await harness.proof.quiet();
  if (channel.log.count('opened') > 0) channel.breach('"opened" was told');
}

/** The ways in which a channel comes to its end, the other side sending for as long as it can. */
const ENDINGS: readonly ((connection: Connection) => void)[] = [
  ({ channel }) => channel.destroy(),
  ({ peer }) => peer.reset(),
  ({ channel, peer }) => {
    channel.end();
    peer.end();
  },
  ({ channel, peer }) => {
    peer.reset();
    channel.write(WORD);
    channel.destroy();
    channel.destroy();
  },
];

export async function closesOnce(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    for (const comeToEnd of ENDINGS) {
      const connection = await harness.open(side);
      const { channel, peer } = connection;
      peer.read();
      peer.write(sampleBlock(SOME));
      channel.write(sampleBlock(SOME));
      await channel.told('received');
      comeToEnd(connection);
      await channel.told('closed');
      await harness.proof.quiet();
      const { events } = channel.log;
      const late = events.slice(events.indexOf('closed') + 1);
      if (late.length > 0) channel.breach(`after "closed" came ${late}`);
    }
  }
}

/** All calls that there are, at times when the events that they bring about are due. */
export async function neverCallsBack(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    peer.write(sampleBlock(SOME));
    channel.pause();
    await harness.proof.quiet();
    channel.resume();
    await channel.bytes(SOME);
    peer.read();
    channel.write(WORD);
    for (let i = 0; i < 16; i++) channel.write(sampleBlock(SOME));
    await channel.told('drained');
    channel.end();
    await peer.ended();
    channel.destroy();
    await channel.told('closed');
    const [nested] = channel.log.nested;
    if (nested) channel.breach(`"${nested}" was told`);
  }
}
