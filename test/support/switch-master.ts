import { connectRaw, type RawClient, type Sentinels } from '@shardmux/testing';

/** What Sentinels say from now on. */
export interface Verdict {
  /** When the first of them says that a master is another server, in ms of `performance.now()`. */
  readonly time: Promise<number>;
}

/** Resolves when it hears all Sentinels. */
export async function verdictOn(master: string, { members }: Sentinels): Promise<Verdict> {
  const clients = await Promise.all(members.map(({ endpoint }) => connectRaw(endpoint, { strings: true })));
  await Promise.all(clients.map((client) => client.command('SUBSCRIBE', '+switch-master')));
  const heard = async (client: RawClient): Promise<number> => {
    while (!String(await client.read()).startsWith(`message,+switch-master,${master} `));
    return performance.now();
  };
  return { time: Promise.any(clients.map(heard)).finally(() => clients.map((client) => client.close())) };
}
