import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedis } from '@shardmux/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEERS } from '../../src/client/client-kind.js';
import { ClientProcess } from '../../src/client/client-process.js';
import { REPOSITORY } from '../../src/repository.js';

describe('ClientProcess', () => {
  const servers: RedisServer[] = [];

  beforeAll(async () => {
    servers.push(...(await Promise.all([startRedis(), startRedis()])));
  });

  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it.each(['shardmux', ...PEERS] as const)('measures %s', async (kind) => {
    const ports = servers.map((server) => server.port);
    const client = await ClientProcess.start({ kind, ports, checkout: REPOSITORY }, 10);
    try {
      const { speed, cpu } = await client.load(1_000);
      expect(speed).toBeGreaterThan(100);
      expect(cpu).toBeGreaterThan(0.1);
      expect(cpu).toBeLessThan(10_000);
      expect(client.peakMemory()).toBeGreaterThan(10e6);
    } finally {
      await client.stop();
    }
  });

  it('fails where there is no such build', async () => {
    const checkout = fileURLToPath(new URL('.', import.meta.url));
    const started = ClientProcess.start({ kind: 'shardmux', ports: [1], checkout }, 1);
    await expect(started).rejects.toMatchObject({
      code: 'SHARDMUX_BENCH_FAILED',
      message: expect.stringContaining('shardmux ended with code 1'),
    });
  });
});
