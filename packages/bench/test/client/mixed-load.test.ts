import { describe, expect, it } from 'vitest';
import { fill, type LoadedClient, mixedLoad } from '../../src/client/mixed-load.js';

/** Answers a turn later, and counts. */
class CountingClient implements LoadedClient {
  readonly values = new Map<string, string>();
  gets = 0;
  sets = 0;
  mostUnderWay = 0;
  #underWay = 0;

  async get(key: string): Promise<unknown> {
    this.gets++;
    await this.#turn();
    return this.values.get(key);
  }

  async set(key: string, value: string): Promise<unknown> {
    this.sets++;
    await this.#turn();
    this.values.set(key, value);
    return 'OK';
  }

  async #turn(): Promise<void> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    await new Promise(setImmediate);
    this.#underWay--;
  }
}

describe('mixedLoad', () => {
  it('makes so many calls, half of them GET, so many at a time, over all keys', async () => {
    const client = new CountingClient();
    await mixedLoad(client, 7, 4_000);
    expect(client).toMatchObject({ gets: 2_000, sets: 2_000, mostUnderWay: 7 });
    expect(client.values.size).toBe(1_000);
    expect(new Set(Array.from(client.values.values(), (value) => value.length))).toEqual(new Set([64]));
  });
});

describe('fill', () => {
  it('sets every key', async () => {
    const client = new CountingClient();
    await fill(client);
    expect(client.values.size).toBe(1_000);
  });

  it('fails where a client gets something else', async () => {
    const client = new CountingClient();
    client.set = async () => 'OK';
    await expect(fill(client)).rejects.toThrow('key:000000000000 was set, and is undefined');
  });
});
