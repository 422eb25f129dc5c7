import type { PoolSnapshot } from '@shardmux/core';
import type { Claim, Scope } from '@shardmux/proxy';
import type { Config } from '../config/normalised.js';
import type { TelemetryReport } from '../telemetry/report.js';

/** The environment variable that tells a worker how to log, as JSON: it logs before it is told anything else. */
export const WORKER_LOG = 'SHARDMUX_WORKER_LOG';

/** What the primary process and its workers tell each other. Plain data, since it crosses a pipe. */
export type ToWorker =
  /** `birth`: how many workers there were up to this one. */
  | { readonly type: 'start'; readonly config: Config; readonly birth: number }
  | {
      readonly type: 'admitted';
      readonly pool: string;
      readonly request: number;
      readonly full: Scope | null;
    }
  | { readonly type: 'reload' }
  /** Asks for its figures, and perhaps for what it has recorded. */
  | { readonly type: 'snapshot'; readonly round: number; readonly withTelemetry: boolean }
  /** What another worker asked. */
  | { readonly type: 'question'; readonly pool: string; readonly round: number; readonly question: unknown }
  | {
      readonly type: 'answers';
      readonly pool: string;
      readonly request: number;
      readonly answers: readonly unknown[];
    }
  | Verdict;

export type ToPrimary =
  /** It listens to what it is told: a message that came before would be lost. */
  | { readonly type: 'awake' }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'admit';
      readonly pool: string;
      readonly request: number;
      readonly claims: readonly Claim[];
    }
  | { readonly type: 'release'; readonly pool: string; readonly claims: readonly Claim[] }
  /** Asks all other workers. */
  | { readonly type: 'ask'; readonly pool: string; readonly request: number; readonly question: unknown }
  | { readonly type: 'answer'; readonly round: number; readonly answer: unknown }
  | {
      readonly type: 'snapshot';
      readonly round: number;
      readonly pools: readonly PoolSnapshot[];
      /** What keeps its clients from being served, in lines. */
      readonly missing: readonly string[];
      readonly telemetry: TelemetryReport | null;
    }
  | Verdict;

/** A node was ejected, to be probed after so many ms, or (`null`) restored. */
export interface Verdict {
  readonly type: 'verdict';
  readonly pool: string;
  readonly node: string;
  readonly probeAfter: number | null;
}

/** Resolves when the message is on its way, or nobody is there to read it. */
export type Send = (message: ToPrimary) => Promise<void>;
