import type { TopologyListener, TopologySnapshot } from '@shardmux/plugin-api';

/** Writes down what a source says, in its order: names of nodes, or the message of an error. */
export class Told implements TopologyListener {
  readonly log: string[] = [];
  readonly snapshots: TopologySnapshot[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null;

  changed(snapshot: TopologySnapshot): void {
    this.snapshots.push(snapshot);
    this.#add(`${snapshot.epoch}: ${snapshot.nodes.map(({ name }) => name).join(' ')}`);
  }

  failed(error: Error): void {
    this.#add(error.message);
  }

  /** Resolves when so much was said. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
      this.#look();
    });
  }

  #add(line: string): void {
    this.log.push(line);
    this.#look();
  }

  #look(): void {
    if (this.#waiting === null || this.log.length < this.#waiting.count) return;
    this.#waiting.resolve();
    this.#waiting = null;
  }
}
