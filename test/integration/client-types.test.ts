import type { ChainableCommander, RedisCommander, Result } from 'ioredis';
import type { createClient } from 'shardmux';
import { expectTypeOf, test } from 'vitest';

/*
 * What the compiler says of the client: `npm run typecheck` is the test, and nothing of this does anything when run.
 */
type Client = ReturnType<typeof createClient>;

/** As an application that uses ioredis declares a command of its own. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    declared(key: string, amount: number): Result<number, Context>;
  }
}

test('a client is what takes a RedisCommander, and so are those of single calls', () => {
  expectTypeOf<Client>().toExtend<RedisCommander<{ type: 'default' }>>();
  expectTypeOf<ReturnType<Client['with']>>().toExtend<RedisCommander<{ type: 'default' }>>();
  expectTypeOf<ReturnType<Client['duplicate']>>().toEqualTypeOf<Client>();
});

test('commands have the types that ioredis gives them', () => {
  const use = async (redis: Client) => {
    expectTypeOf(await redis.get('a')).toEqualTypeOf<string | null>();
    expectTypeOf(await redis.getBuffer('a')).toEqualTypeOf<Buffer | null>();
    expectTypeOf(await redis.mget('a', 'b')).toEqualTypeOf<(string | null)[]>();
    expectTypeOf(await redis.set('a', 1, 'EX', 10, 'NX')).toEqualTypeOf<'OK' | null>();
    expectTypeOf(await redis.hgetall('h')).toEqualTypeOf<Record<string, string>>();
    expectTypeOf(await redis.lrange('l', 0, -1)).toEqualTypeOf<string[]>();
    expectTypeOf(await redis.call('any', 'thing')).toEqualTypeOf<unknown>();
    expectTypeOf(await redis.declared('a', 1)).toEqualTypeOf<number>();
    expectTypeOf(await redis.quit()).toEqualTypeOf<'OK'>();
    expectTypeOf(await redis.with({ signal: AbortSignal.timeout(1) }).incr('a')).toEqualTypeOf<number>();
    redis.get('a', (error, value) => {
      expectTypeOf(error).toEqualTypeOf<Error | null | undefined>();
      expectTypeOf(value).toEqualTypeOf<string | null | undefined>();
    });
    // @ts-expect-error A key is no object.
    redis.get({});
    // @ts-expect-error There is no such command.
    redis.gett('a');
  };
  expectTypeOf(use).toBeFunction();
});

test('pipelines and transactions chain, with commands of one’s own among them', () => {
  const use = async (redis: Client) => {
    const chain = redis.pipeline().set('a', 1).declared('a', 1).hgetall('h').getBuffer('a');
    expectTypeOf(chain).toEqualTypeOf<ChainableCommander>();
    expectTypeOf(await chain.exec()).toEqualTypeOf<[error: Error | null, result: unknown][] | null>();
    expectTypeOf(redis.multi([['get', 'a']]).incr('a')).toEqualTypeOf<ChainableCommander>();
    expectTypeOf(chain.length).toEqualTypeOf<number>();
  };
  expectTypeOf(use).toBeFunction();
});

test('scans, events and the life of a client', () => {
  const use = async (redis: Client) => {
    for await (const keys of redis.scanStream({ match: 'a*', count: 10 })) expectTypeOf(keys).toBeAny();
    redis.sscanStream('s').close();
    redis.on('error', () => {}).once('ready', () => {});
    redis.on('message', (channel: string, message: string) => `${channel} ${message}`);
    expectTypeOf(await redis.subscribe('a', 'b')).toEqualTypeOf<unknown>();
    expectTypeOf(await redis.monitor()).toEqualTypeOf<Client>();
    expectTypeOf(redis.status).toEqualTypeOf<
      'wait' | 'connecting' | 'connect' | 'ready' | 'close' | 'reconnecting' | 'end'
    >();
    redis.defineCommand('declared', { lua: 'return 1', numberOfKeys: 1, readOnly: true });
    expectTypeOf<Client>().toExtend<AsyncDisposable>();
    expectTypeOf(redis.disconnect).returns.toEqualTypeOf<void>();
  };
  expectTypeOf(use).toBeFunction();
});
