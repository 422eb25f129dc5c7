import type { Endpoint } from '@shardmux/plugin-api';
import { connectRaw } from './raw-client.js';
import type { Reply } from './reply.js';

/** The reply to one command over a connection of its own; bulk strings as texts, an error as a value. */
export async function askServer(
  { endpoint }: { readonly endpoint: Endpoint },
  ...command: (string | number)[]
): Promise<Reply> {
  const client = await connectRaw(endpoint, { strings: true });
  try {
    return await client.command(...command);
  } finally {
    await client.close();
  }
}
