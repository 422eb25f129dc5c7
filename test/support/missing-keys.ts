import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw, type Reply } from '@shardmux/testing';

const AT_ONCE = 1_000;

/** Which of the keys, each of which was written with itself as its value, are not there. */
export async function missingKeys(endpoint: Endpoint, keys: readonly string[]): Promise<string[]> {
  const client = await connectRaw(endpoint, { strings: true });
  const values: Reply[] = [];
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    values.push(...(await client.pipeline(keys.slice(i, i + AT_ONCE).map((key) => ['GET', key]))));
  }
  await client.close();
  return keys.filter((key, i) => values[i] !== key);
}
