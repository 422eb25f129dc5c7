import { once } from 'node:events';
import { connect } from 'node:net';
import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, freePort, RawClient, ServerProcess, TemporaryFolder } from '@shardmux/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Shards } from '../support/shards.js';

const PONG = 'PONG';
const REFUSED = 'ReplyError: ERR max number of clients reached';
/** For a busy machine, and lines on refusals are at least a second apart. */
const PATIENCE = { timeout: 10_000 };
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(workers: number, settings: string[]): Promise<Shards> {
  const shards = await Shards.start(1, settings, [`workers: ${workers}`]);
  stops.push(() => shards.stop());
  return shards;
}

/** A client from an address of this machine, and what it hears. */
async function come(
  endpoint: Endpoint,
  localAddress: string,
): Promise<{ client: RawClient; answer: string }> {
  const { host, port } = endpoint as { host: string; port: number };
  const socket = connect({ host, port, localAddress });
  stops.push(() => socket.destroy());
  await once(socket, 'connect');
  const client = new RawClient(socket, true);
  const answer = await client.command('PING').then(String, (error: Error) => error.message);
  return { client, answer };
}

const answersOf = async (count: number, endpoint: Endpoint, address: string) => {
  const all = [];
  for (let i = 0; i < count; i++) all.push(await come(endpoint, address));
  return all;
};

describe.each([1, 2])('with %i workers', (workers) => {
  test('an address has no more connections than it may have, others have theirs', async () => {
    const { endpoint, shardmux } = await start(workers, ['limits: { maxConnectionsPerAddress: 2 }']);
    const greedy = await answersOf(4, endpoint, '127.0.0.2');
    expect(greedy.map(({ answer }) => answer)).toEqual([PONG, PONG, REFUSED, REFUSED]);
    expect((await come(endpoint, '127.0.0.3')).answer).toBe(PONG);
    const told = /client 127\.0\.0\.2:\d+ was refused: its address has as many connections as it may have/;
    // The line on these may have been about another client: those of a second have one.
    await vi.waitUntil(async () => {
      expect((await come(endpoint, '127.0.0.2')).answer).toBe(REFUSED);
      return told.test(shardmux.process.log);
    }, PATIENCE);
    expect(await greedy[0].client.command('PING')).toBe(PONG);
    // Whoever leaves makes room for one, however it leaves.
    for (const [i, leave] of (['destroySoon', 'resetAndDestroy'] as const).entries()) {
      greedy[i].client.socket[leave]();
      await vi.waitUntil(async () => (await come(endpoint, '127.0.0.2')).answer === PONG, PATIENCE);
      expect((await come(endpoint, '127.0.0.2')).answer).toBe(REFUSED);
    }
  });

  test('many come and go at once, and the count is right afterwards', async () => {
    const { endpoint } = await start(workers, ['limits: { maxConnectionsPerAddress: 5 }']);
    const addresses = ['127.0.0.2', '127.0.0.3'];
    for (let round = 0; round < 10; round++) {
      const all = await Promise.all(
        addresses.flatMap((address) => Array.from({ length: 12 }, () => come(endpoint, address))),
      );
      for (const { client } of all) client.socket.resetAndDestroy();
    }
    for (const address of addresses) {
      await vi.waitUntil(async () => {
        const all = await answersOf(6, endpoint, address);
        const admitted = all.filter(({ answer }) => answer === PONG).length;
        expect(admitted).toBeLessThanOrEqual(5);
        if (admitted < 5) for (const { client } of all) client.socket.destroy();
        return admitted === 5;
      }, PATIENCE);
    }
  });

  test('behind HAProxy the limit and the log go by the address of the client', async () => {
    const { endpoint, shardmux } = await start(workers, [
      'limits: { maxConnectionsPerAddress: 1 }',
      'proxyProtocol: { trusted: [127.0.0.1] }',
    ]);
    const { host, port: own } = endpoint as { host: string; port: number };
    const port = await freePort();
    const front: Endpoint = { kind: 'tcp', host: '127.0.0.1', port };
    const haproxy = await startHaproxy(port, own);
    stops.push(() => haproxy.stop());
    const answers = [];
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.3']) {
      answers.push((await come(front, address)).answer);
    }
    expect(answers).toEqual([PONG, PONG, REFUSED]);
    await vi.waitUntil(async () => {
      expect((await come(front, '127.0.0.3')).answer).toBe(REFUSED);
      return /client 127\.0\.0\.3:\d+ was refused: its address has/.test(shardmux.process.log);
    }, PATIENCE);
    // Who goes around it is turned away, and those who do not are unhurt.
    await vi.waitUntil(async () => {
      const around = connect({ host, port: own, localAddress: '127.0.0.9' });
      around.on('error', () => {}).resume();
      await new Promise((resolve) => around.once('close', resolve));
      return /client 127\.0\.0\.9:\d+ was refused: it is not one of the balancers/.test(shardmux.process.log);
    }, PATIENCE);
    expect((await come(front, '127.0.0.4')).answer).toBe(PONG);
  });
});

/** The real one, in TCP mode, without health checks: those would have a share of the limit, by its own address. */
async function startHaproxy(port: number, to: number): Promise<ServerProcess> {
  const folder = new TemporaryFolder();
  stops.push(() => folder.remove());
  const config = folder.write(
    'haproxy.cfg',
    [
      'defaults',
      '    mode tcp',
      '    timeout connect 1s',
      '    timeout client 1m',
      '    timeout server 1m',
      'listen redis',
      `    bind 127.0.0.1:${port}`,
      `    server one 127.0.0.1:${to} send-proxy-v2`,
      '',
    ].join('\n'),
  );
  const haproxy = await ServerProcess.start({ name: 'haproxy', debianPackage: 'haproxy' }, [
    '-db',
    '-f',
    config,
  ]);
  await haproxy.ready(async () => {
    const client = await connectRaw({ kind: 'tcp', host: '127.0.0.1', port }).catch(() => null);
    await client?.close();
    return client !== null;
  });
  return haproxy;
}
