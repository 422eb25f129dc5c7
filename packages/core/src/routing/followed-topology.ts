import { setTimeout as sleep } from 'node:timers/promises';
import type { TopologySnapshot, TopologySource } from '@shardmux/plugin-api';
import type { Logger } from '../logger.js';

/** How long it may take to learn of other servers, in ms, before somebody who doubts them tries again. */
const DOUBT_TIME = 100;

/** Has the routes, and makes others of a snapshot. */
export interface TopologyFollower {
  readonly name: string;
  readonly logger: Logger;
  /** @throws where nothing can be made of it: then all is as it was. */
  adopt(snapshot: TopologySnapshot): void;
}

/**
 * A pool's topology, whose last good snapshot is in force.
 *
 *   idle ──start, and a first snapshot──► followed ──a newer one──► adopted, or refused and told
 */
export class FollowedTopology {
  readonly source: TopologySource;
  /** Why the snapshot in force may not be the newest; left out: nothing speaks against it. */
  fault: string | undefined;
  readonly #follower: TopologyFollower;
  /** Of the snapshot in force; `null`: there is none. */
  #epoch: number | null = null;

  constructor(source: TopologySource, follower: TopologyFollower) {
    this.source = source;
    this.#follower = follower;
  }

  /** Resolves when a first snapshot is in force; rejects where none can be. */
  start(): Promise<void> {
    return this.source.start({
      changed: (snapshot) => this.#changed(snapshot),
      failed: ({ message }) => this.#failed(message),
    });
  }

  /** As an errand's host has it. */
  async doubt(): Promise<boolean> {
    if (this.source.refresh === undefined) return false;
    this.source.refresh('failed');
    await sleep(DOUBT_TIME);
    return true;
  }

  #failed(message: string): void {
    this.fault = message;
    const { logger, name } = this.#follower;
    logger.warn(`pool ${name}: the topology stays as it is: ${message}`);
  }

  #recovered(): void {
    if (this.fault === undefined) return;
    this.fault = undefined;
    const { logger, name } = this.#follower;
    logger.info(`pool ${name}: the topology is followed again`);
  }

  #changed(snapshot: TopologySnapshot): void {
    const { epoch } = snapshot;
    this.#recovered();
    if (this.#epoch !== null && epoch <= this.#epoch) return;
    try {
      this.#follower.adopt(snapshot);
      this.#epoch = epoch;
    } catch (error) {
      // It is what the start fails with.
      if (this.#epoch === null) throw error;
      this.fault = (error as Error).message;
      const { logger, name } = this.#follower;
      logger.error(
        `pool ${name}: the topology of epoch ${epoch} is refused, the last one stays: ${this.fault}`,
      );
    }
  }
}
