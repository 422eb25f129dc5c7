import type { Measurement } from '../contest.js';
import type { ClientKind } from './client-kind.js';

/** What a worker is started with, as JSON. */
export interface WorkerSetup {
  readonly kind: ClientKind;
  readonly ports: readonly number[];
  readonly checkout: string;
}

/** What a worker is asked to do: one run. */
export interface WorkerTask {
  readonly concurrency: number;
  readonly operations: number;
}

/** What it says: it is connected, or a run is over. */
export type WorkerMessage = 'connected' | Measurement;
