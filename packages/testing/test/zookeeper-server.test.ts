import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { startZooKeeper, type ZooKeeperServer } from '../src/zookeeper-server.js';

// A Java machine takes its time, so there is one for all tests.
let zookeeper: ZooKeeperServer;

afterAll(() => zookeeper.stop());

function status(): Promise<string> {
  const socket = connect(zookeeper.port, zookeeper.host);
  socket.write('srvr');
  return text(socket);
}

test('comes back on the same port after a kill', async () => {
  zookeeper = await startZooKeeper();
  expect(await status()).toContain('Zxid: 0x0');
  await zookeeper.kill();
  await expect(status()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await zookeeper.restart();
  expect(await status()).toContain('Mode: standalone');
});

test('answers nothing while frozen, and what was asked once thawed', async () => {
  zookeeper.freeze();
  let answered = false;
  const answer = status().finally(() => {
    answered = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answered).toBe(false);
  zookeeper.thaw();
  expect(await answer).toContain('Mode: standalone');
});
