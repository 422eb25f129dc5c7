import {
  API_VERSION,
  type Channel,
  type ChannelHandler,
  type ConnectOptions,
  definePlugin,
  type Listener,
  type ListenOptions,
  type Transport,
} from '@shardmux/plugin-api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Culprit } from '../../src/assemble/culprit.js';
import { GuardedTransport } from '../../src/assemble/guarded-transport.js';

const WHO = 'pool "alpha": transport plugin "mine"';
const endpoint = { kind: 'tcp', host: '127.0.0.1', port: 6379 } as const;
const readRegion = { bytes: Buffer.alloc(1), start: 0, end: 1 };
const connectOptions: ConnectOptions = { connectTimeout: 0, keepAlive: 0, noDelay: true, readRegion };
const listenOptions: ListenOptions = { backlog: 1, keepAlive: 0, noDelay: true, readRegion };
const nothing = () => {};
const channel: Channel = {
  remote: 'there',
  write: () => true,
  pause: nothing,
  resume: nothing,
  end: nothing,
  destroy: nothing,
};
const listener: Listener = { endpoint, close: async () => {} };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function guard(transport: Partial<Transport>): GuardedTransport {
  const whole: Transport = {
    flush: null,
    connect: () => channel,
    listen: async () => listener,
    ...transport,
  };
  const create = () => whole;
  const plugin = definePlugin({ kind: 'transport', name: 'mine', apiVersion: API_VERSION, create });
  return new GuardedTransport(whole, new Culprit('alpha', plugin, { use: 'mine', options: {} }));
}

const listenBy = (transport: Partial<Transport>) =>
  guard(transport).listen(endpoint, listenOptions, () => null);

/** What the handler is told of a connection, which is never told within `connect`. */
async function told(transport: Partial<Transport>): Promise<Error | null> {
  let returned = false;
  const closing = new Promise<Error | null>((resolve, reject) => {
    const closed = (error: Error | null) => (returned ? resolve(error) : reject(new Error('too early')));
    const handler: ChannelHandler = {
      opened: nothing,
      received: nothing,
      drained: nothing,
      ended: nothing,
      closed,
    };
    const gone = guard(transport).connect(endpoint, connectOptions, handler);
    returned = true;
    expect(gone.remote).toBe('127.0.0.1:6379');
    expect(gone.write(Buffer.alloc(1), 0, 1)).toBe(true);
    for (const act of ['pause', 'resume', 'end', 'destroy'] as const) gone[act]();
  });
  return closing;
}

test('what a good transport gives is passed on', async () => {
  const flush = vi.fn();
  expect(guard({ flush }).flush).toBe(flush);
  const handler: ChannelHandler = {
    opened: nothing,
    received: nothing,
    drained: nothing,
    ended: nothing,
    closed: nothing,
  };
  expect(guard({}).connect(endpoint, connectOptions, handler)).toBe(channel);
  const close = vi.fn(async () => {});
  const listening = await listenBy({ listen: async () => ({ endpoint, close }) });
  expect(listening.endpoint).toBe(endpoint);
  await listening.close();
  expect(close).toHaveBeenCalledOnce();
});

test('a connection that the plugin throws at has failed, with its cause', async () => {
  const cause = new Error('no wire');
  const connect = () => {
    throw cause;
  };
  expect(await told({ connect })).toMatchObject({
    code: 'SHARDMUX_PLUGIN_FAILED',
    message: `${WHO} cannot connect: no wire`,
    cause,
  });
});

test('so has one without a channel', async () => {
  const { destroy: _, ...less } = channel;
  expect(await told({ connect: () => less as Channel })).toMatchObject({
    code: 'SHARDMUX_PLUGIN_BROKEN',
    message: `${WHO} must create an object with destroy (function), and created one without`,
  });
});

test('what the system says of an endpoint is passed on', async () => {
  const error = Object.assign(new Error('address already in use'), { syscall: 'listen' });
  await expect(listenBy({ listen: () => Promise.reject(error) })).rejects.toBe(error);
});

test('who cannot listen is named, with the cause', async () => {
  const cause = new Error('deaf');
  const listen = () => {
    throw cause;
  };
  await expect(listenBy({ listen })).rejects.toMatchObject({
    code: 'SHARDMUX_PLUGIN_FAILED',
    message: `${WHO} cannot listen on 127.0.0.1:6379: deaf`,
    cause,
  });
  await expect(listenBy({ listen: async () => ({ endpoint }) as Listener })).rejects.toMatchObject({
    code: 'SHARDMUX_PLUGIN_BROKEN',
    message: `${WHO} must create an object with close (function), and created one without`,
  });
});

test('nobody waits for ever until it listens, or lets go', async () => {
  const never = () => new Promise<never>(() => {});
  const listening = listenBy({ listen: never });
  const late = expect(listening).rejects.toMatchObject({
    code: 'SHARDMUX_PLUGIN_TIMEOUT',
    message: `${WHO} does not listen on 127.0.0.1:6379 within 10000 ms`,
  });
  await vi.advanceTimersByTimeAsync(10_000);
  await late;
  const closing = (await listenBy({ listen: async () => ({ endpoint, close: never }) })).close();
  const lateToo = expect(closing).rejects.toMatchObject({
    code: 'SHARDMUX_PLUGIN_TIMEOUT',
    message: `${WHO} does not let go of 127.0.0.1:6379 within 2000 ms`,
  });
  await vi.advanceTimersByTimeAsync(2_000);
  await lateToo;
});
