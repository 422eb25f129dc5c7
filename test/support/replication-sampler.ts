import { connectRaw, type RawClient, type RedisServer } from '@shardmux/testing';

/** Sees on two servers what the one has got of what the other has acknowledged, over and over. */
export class ReplicationSampler {
  /** Whatever the primary acknowledged until then, the replica has applied. In ms of `performance.now()`. */
  owedUntil = Number.NEGATIVE_INFINITY;

  readonly #clients: readonly RawClient[];

  private constructor(clients: readonly RawClient[]) {
    this.#clients = clients;
  }

  /** @returns once both are connected to. It goes on until one of them is lost, or it is stopped. */
  static async start(primary: RedisServer, replica: RedisServer): Promise<ReplicationSampler> {
    const clients = await Promise.all([primary, replica].map(({ endpoint }) => connectRaw(endpoint)));
    const sampler = new ReplicationSampler(clients);
    const [first, second] = clients;
    sampler
      .#sample(first, second)
      .catch(() => {})
      .finally(() => sampler.stop());
    return sampler;
  }

  /** May be called twice. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  async #sample(primary: RawClient, replica: RawClient): Promise<void> {
    for (;;) {
      const mark = performance.now();
      const offset = await offsetOf(primary, 'master_repl_offset');
      while ((await offsetOf(replica, 'slave_repl_offset')) < offset);
      this.owedUntil = mark;
    }
  }
}

/** @throws where the server has no such offset: a replica that is none any more. */
async function offsetOf(client: RawClient, field: string): Promise<number> {
  const info = String(await client.command('INFO', 'replication'));
  const offset = new RegExp(`${field}:(\\d+)`).exec(info)?.[1];
  if (offset === undefined) throw new Error(`no ${field} in ${info}`);
  return Number(offset);
}
