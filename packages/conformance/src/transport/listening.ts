import { createServer } from 'node:net';
import { expectBytes } from './carrying.js';
import { type Harness, portOf } from './harness.js';

const WORD = Buffer.from('still here');

export async function tellsPort(harness: Harness): Promise<void> {
  const { endpoint } = await harness.listen(() => null);
  if (endpoint.kind !== 'tcp' || !Number.isInteger(endpoint.port) || endpoint.port < 1) {
    harness.proof.breach(`bound to any free port, it says ${JSON.stringify(endpoint)}`);
  }
}

export async function rejectsTakenPort(harness: Harness): Promise<void> {
  const port = await harness.serve(createServer());
  if (await listens(harness, port)) harness.proof.breach('it listens on a port that is taken');
}

export async function rejectsListening(harness: Harness): Promise<void> {
  if (await listens(harness, 0)) harness.proof.breach('it listens');
}

async function listens(harness: Harness, port: number): Promise<boolean> {
  const outcome = harness
    .listen(() => null, port)
    .then(
      () => true,
      () => false,
    );
  return harness.proof.settled('listen', outcome);
}

export async function turnsAway(harness: Harness): Promise<void> {
  const listener = await harness.listen(() => null);
  await harness.connectPeer(portOf(listener)).gone();
}

export async function freesPort(harness: Harness): Promise<void> {
  const { proof } = harness;
  const { listener, port, accepted } = await harness.acceptOne();
  const peer = harness.connectPeer(port);
  const channel = await proof.settled('accepting', accepted);
  await proof.settled('close', listener.close());
  await harness.serve(createServer(), port);
  peer.write(WORD);
  expectBytes(channel, await channel.bytes(WORD.length), WORD);
  channel.write(WORD);
  expectBytes(channel, await peer.bytes(WORD.length), WORD);
}

export async function closesListenerTwice(harness: Harness): Promise<void> {
  const { proof } = harness;
  const { listener } = await harness.acceptOne();
  await proof.settled('close', listener.close());
  await proof.settled('the second close', listener.close());
}
