import { startRelay } from '@shardmux/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientShards, poolOf } from '../support/client.js';
import { runProgram } from '../support/program.js';

let shards: ClientShards;

beforeAll(async () => {
  shards = await ClientShards.start(2);
});

afterAll(() => shards.stop());

/** What a program prints at its end, and dies of before. */
const WATCHED = `
  import { createClient } from 'shardmux';
  process.on('unhandledRejection', (error) => { console.log('unhandled', error); process.exit(7); });
  process.on('uncaughtException', (error) => { console.log('uncaught', error); process.exit(8); });
  const [alive, dead] = JSON.parse(process.argv[1]);
  const options = { commandTimeout: 300, maxRetriesPerRequest: 1 };
  const until = (redis, event) => new Promise((resolve) => redis.once(event, resolve));
`;

async function run(program: string) {
  const nowhere = { host: '127.0.0.1', port: 1 };
  const pools = [poolOf(shards.servers), poolOf([nowhere, nowhere])];
  return runProgram(WATCHED + program, pools);
}

const good = { code: 0, signal: null, stdout: 'done\n', stderr: '' };

test('errors that nobody listens for do not end the process', async () => {
  const program = `
    const redis = createClient(dead, options);
    await redis.get('a').catch(() => {});
    redis.disconnect();
    console.log('done');
  `;
  expect(await run(program)).toEqual(good);
});

test('rejections of calls of every kind may be dropped', async () => {
  const program = `
    for (const config of [alive, dead]) {
      const redis = createClient(config, { ...options, scripts: { mine: { lua: 'return redis.error_reply("no")' } } });
      const drop = () => {
        redis.get('a');
        redis.lpush('text', '1');
        redis.call('no-such-command');
        redis.mget('a', 'b', 'c', 'd');
        redis.mine(1, 'a');
        redis.pipeline().get('a').lpush('text', '1').exec();
        redis.multi().set('a', '1').set('b', '2').set('c', '3').set('d', '4').exec();
        redis.multi().lpush('text', '1').exec();
        redis.multi().call('no-such-command').exec();
        redis.connect();
        redis.with({ signal: AbortSignal.abort() }).get('a');
        redis.with({ signal: AbortSignal.timeout(20) }).get('a');
        const sent = redis.pipeline().get('a');
        sent.exec();
        sent.exec();
      };
      redis.set('text', 'x');
      drop();
      await new Promise((resolve) => setTimeout(resolve, 500));
      drop();
      redis.disconnect();
      drop();
      redis.quit();
      createClient(config, { lazyConnect: true }).connect();
    }
    console.log('done');
    setTimeout(() => process.exit(), 200);
  `;
  expect(await run(program)).toEqual(good);
});

test('rejections may be dropped while servers are lost under load', async () => {
  const relays = await Promise.all(shards.servers.map((server) => startRelay(server.endpoint)));
  const program = `
    const redis = createClient(alive, options);
    const end = Date.now() + 1500;
    for (let i = 0; Date.now() < end; i++) {
      redis.incr('key' + (i % 50));
      redis.mget('key1', 'key2', 'key3', 'key4');
      redis.multi().incr('{a}1').incr('{a}2').exec();
      redis.pipeline().incr('key1').get('key2').exec();
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    redis.disconnect();
    console.log('done');
  `;
  const ended = runProgram(WATCHED + program, [poolOf(relays), null]);
  const chaos = setInterval(() => relays[Math.floor(Math.random() * 2)].cut('reset'), 20);
  try {
    expect(await ended).toEqual(good);
  } finally {
    clearInterval(chaos);
    await Promise.all(relays.map((relay) => relay.stop()));
  }
});

test('what a callback throws is the own affair of the callback, and every other call goes on', async () => {
  const program = `
    process.removeAllListeners('uncaughtException');
    const thrown = [];
    process.on('uncaughtException', (error) => thrown.push(error.message));
    const redis = createClient(alive);
    redis.set('a', '1', () => { throw new Error('first'); });
    redis.pipeline().get('a', () => { throw new Error('second'); }).exec(() => { throw new Error('third'); });
    const value = await redis.get('a');
    await redis.quit();
    await new Promise(setImmediate);
    console.log(value === '1' && thrown.sort().join() === 'first,second,third' ? 'done' : thrown);
  `;
  expect(await run(program)).toEqual(good);
});

test('an error event reaches its listener', async () => {
  const program = `
    const redis = createClient(dead, options);
    const error = await until(redis, 'error');
    redis.disconnect();
    console.log(error.code === 'SHARDMUX_UNREACHABLE' && error.node.name ? 'done' : error);
  `;
  expect(await run(program)).toEqual(good);
});
