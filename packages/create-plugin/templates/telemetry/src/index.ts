import {
  API_VERSION,
  definePlugin,
  type ObservedPool,
  type Operation,
  type OperationObserver,
  type Plugin,
  type PoolObserver,
  type Telemetry,
} from '@shardmux/plugin-api';

/** Counts commands and those that failed, and says at the end how many there were. Put yours in its place. */
class Counts implements Telemetry {
  readonly #pools = new Map<string, { commands: number; failures: number }>();

  observe(pool: ObservedPool): PoolObserver {
    const counts = { commands: 0, failures: 0 };
    this.#pools.set(pool.name, counts);
    const operations: OperationObserver<Operation> = {
      started: (operation) => operation,
      ended(operation, { failure, errorCode }) {
        if (operation.kind !== 'command') return;
        counts.commands++;
        if (failure !== null || errorCode !== null) counts.failures++;
      },
    };
    return { operations, connected() {}, disconnected() {}, topologyChanged() {}, failover() {} };
  }

  async stop(): Promise<void> {
    for (const [name, { commands, failures }] of this.#pools) {
      console.log(`pool ${name}: ${commands} commands, ${failures} failed`);
    }
    this.#pools.clear();
  }
}

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'telemetry', name: 'my-thing', apiVersion: API_VERSION, create: () => new Counts() }),
];
