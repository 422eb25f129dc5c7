import type { KeyRanges, Run } from '@shardmux/plugin-api';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { copyBytes } from '../../copy-bytes.js';
import type { Script } from './script.js';

/**
 * What runs scripts, behind those of them that its server is to have first: in one piece, so that its place among other
 * commands stays the same.
 *
 *   SCRIPT LOAD │ … │ EVALSHA, or MULTI │ … │ EXEC
 */
export class ProvisionedRun implements Run {
  readonly kind = 'run';
  readonly spec: RespCommandSpec;
  readonly bytes: Buffer;
  readonly start = 0;
  readonly end: number;
  readonly replies: number;
  readonly keyCount: number;
  readonly #keys: Uint32Array;

  /** @param replies how many it has without the scripts. */
  constructor(
    spec: RespCommandSpec,
    scripts: readonly Script[],
    run: KeyRanges & Pick<Run, 'start' | 'end'>,
    replies: number,
  ) {
    this.spec = spec;
    this.replies = scripts.length + replies;
    this.keyCount = run.keyCount;
    let at = scripts.reduce((length, { loading }) => length + loading.length, 0);
    const shift = at - run.start;
    this.bytes = Buffer.allocUnsafeSlow(at + run.end - run.start);
    this.end = copyBytes(run.bytes, run.start, run.end, this.bytes, at);
    at = 0;
    for (const { loading } of scripts) at = copyBytes(loading, 0, loading.length, this.bytes, at);
    this.#keys = new Uint32Array(2 * run.keyCount);
    for (let key = 0; key < run.keyCount; key++) {
      this.#keys[2 * key] = run.keyStart(key) + shift;
      this.#keys[2 * key + 1] = run.keyEnd(key) + shift;
    }
  }

  keyStart(index: number): number {
    return this.#keys[2 * index];
  }

  keyEnd(index: number): number {
    return this.#keys[2 * index + 1];
  }
}
