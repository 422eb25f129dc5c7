import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { isNativeError } from 'node:util/types';
import { Worker } from 'node:worker_threads';
import type { Harness } from './harness.js';
import type { WatchedChannel } from './watched-channel.js';

const GREETING = Buffer.from('hello');

/** Both ends speak as soon as they can. */
export async function opensFirst(harness: Harness): Promise<void> {
  const { channel } = await harness.connected((peer) => peer.write(GREETING));
  await channel.bytes(GREETING.length);
  const { events } = channel.log;
  if (events[0] !== 'opened') channel.breach(`the first event was "${events[0]}"`);
  if (channel.log.count('opened') > 1) channel.breach(`the events were ${events}`);
  if (!harness.sides.includes('accepted')) return;
  const accepted = await harness.accepted();
  accepted.peer.write(GREETING);
  await accepted.channel.bytes(GREETING.length);
  if (accepted.channel.log.count('opened') > 0) accepted.channel.breach('"opened" was told');
}

export async function namesOtherSide(harness: Harness): Promise<void> {
  for (const side of harness.sides) {
    const { channel, peer } = await harness.open(side);
    if (channel.remote !== peer.address) channel.breach(`${peer.address} is called "${channel.remote}"`);
  }
}

export async function tellsRefusal(harness: Harness): Promise<void> {
  const server = createServer();
  const port = await harness.serve(server);
  const closed = once(server, 'close');
  server.close();
  await harness.proof.settled('freeing the port', closed);
  await expectFailure(harness.connect(port));
}

/** How long connecting may take here, in ms. */
const CONNECT_TIMEOUT = 100;

export async function givesUpConnecting(harness: Harness): Promise<void> {
  await expectFailure(harness.connect(await busyPort(harness), CONNECT_TIMEOUT));
}

async function expectFailure(channel: WatchedChannel): Promise<void> {
  await channel.told('closed');
  const { error, events } = channel.log;
  if (events.length > 1) channel.breach(`the events were ${events}`);
  // Not by `instanceof`: some test runners have an Error of their own.
  if (!isNativeError(error)) channel.breach(`the cause is ${String(error)}`);
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || code === '')
    channel.breach(`"${error.message}" has the code ${String(code)}`);
}

/** Listens, and then sleeps for good: what connects waits in the system's queue. */
const SLEEPER = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** More connections than the sleeper's queue has room for. */
const QUEUED = 4;

/** A port where connecting takes for ever. */
async function busyPort({ proof }: Harness): Promise<number> {
  const worker = new Worker(SLEEPER, { eval: true });
  proof.finally(async () => void (await worker.terminate()));
  const [port] = (await proof.settled('starting a worker', once(worker, 'message'))) as [number];
  for (let i = 0; i < QUEUED; i++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    proof.finally(() => void socket.destroy());
  }
  return port;
}
