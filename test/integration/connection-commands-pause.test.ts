import { describe, expect, test, vi } from 'vitest';
import { BesideRedis } from '../support/beside-redis.js';
import { rawClients } from '../support/raw-clients.js';

const beside = new BesideRedis(['hashTag: "{}"']);
const connect = rawClients(() => beside.shards.endpoint);

describe('CLIENT PAUSE', () => {
  /** Whether a reply is there before that to a round trip of another client that does not wait. */
  test('ALL holds every command back, for as long as it says', async () => {
    for (const [pauser, other] of [
      [await connect(), await connect()],
      [await connect(beside.plain.endpoint), await connect(beside.plain.endpoint)],
    ]) {
      await other.command('PING');
      const start = performance.now();
      expect(await pauser.command('CLIENT', 'PAUSE', '300')).toBe('OK');
      const replies = await other.pipeline([
        ['PING'],
        ['GET', 'a'],
        ['SET', 'a', '1'],
        ['BLPOP', 'none', '0.01'],
      ]);
      expect(performance.now() - start).toBeGreaterThan(290);
      expect(replies.slice(2)).toEqual(['OK', null]);
    }
  });

  test('WRITE lets reads pass, and UNPAUSE ends it', async () => {
    for (const [pauser, reader, writer, gatherer] of [
      await Promise.all([1, 2, 3, 4].map(() => connect())),
      await Promise.all([1, 2, 3, 4].map(() => connect(beside.plain.endpoint))),
    ]) {
      await pauser.command('SET', 'a', '0');
      expect(await pauser.command('CLIENT', 'PAUSE', '60000', 'WRITE')).toBe('OK');
      const written = writer.pipeline([
        ['GET', 'a'],
        ['SET', 'a', '1'],
        ['GET', 'a'],
      ]);
      const gathered = gatherer.pipeline([
        ['MULTI'],
        ['GET', 'a'],
        ['EXEC'],
        ['MULTI'],
        ['SET', 'b', '1'],
        ['EXEC'],
      ]);
      expect(await reader.pipeline([['GET', 'a'], ['PING'], ['NOSUCH']].slice(0, 2))).toEqual(['0', 'PONG']);
      expect(await pauser.command('CLIENT', 'UNPAUSE')).toBe('OK');
      expect(await written).toEqual(['0', 'OK', '1']);
      expect(await gathered).toEqual(['OK', 'QUEUED', [expect.any(String)], 'OK', 'QUEUED', ['OK']]);
    }
  });

  test.each([
    [['EVAL', 'return 1', '0'], 1],
    [['EVALSHA_RO', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '0'], 1],
    [['PUBLISH', 'a', 'b'], 0],
    [['SPUBLISH', 'a', 'b'], 0],
    [['PFCOUNT', 'none'], 0],
  ])('WRITE holds back what replicas are told of: %s', async (command, reply) => {
    for (const endpoint of [beside.shards.endpoint, beside.plain.endpoint]) {
      const [pauser, other] = [await connect(endpoint), await connect(endpoint)];
      await pauser.pipeline([
        ['SCRIPT', 'LOAD', 'return 1'],
        ['CLIENT', 'PAUSE', '60000', 'WRITE'],
      ]);
      const answered = vi.fn();
      const answer = other.command(...command).then(answered);
      await pauser.command('GET', 'a');
      await pauser.command('GET', 'a');
      expect(answered).toHaveBeenCalledTimes(command[0] === 'EVALSHA_RO' ? 1 : 0);
      await pauser.command('CLIENT', 'UNPAUSE');
      await answer;
      expect(answered).toHaveBeenCalledWith(reply);
    }
  });

  test('lets go of a client that leaves', async () => {
    const [pauser, other] = [await connect(), await connect()];
    const id = String(await other.command('CLIENT', 'ID'));
    await pauser.command('CLIENT', 'PAUSE', '60000', 'WRITE');
    other.send('SET a 1\r\n');
    other.socket.resetAndDestroy();
    await expect.poll(() => pauser.command('CLIENT', 'LIST', 'ID', id)).toBe('');
    await pauser.command('CLIENT', 'UNPAUSE');
  });
});
