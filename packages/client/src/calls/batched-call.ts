import { AsyncResource } from 'node:async_hooks';
import { type Argument, type ReadOptions, ShardmuxError } from '@shardmux/plugin-api';
import type { NodeCallback } from '../commands/arguments.js';
import { shapeOf } from '../commands/reply-shapes.js';
import { Call } from './call.js';
import { tell } from './call-back.js';

/** What a command of a pipeline or a transaction came to, as ioredis tells it. */
export type BatchResult = [error: Error | null, result: unknown];

/** Of a reply among others. */
export function toResult(reply: unknown): BatchResult {
  return ShardmuxError.is(reply) ? [reply, undefined] : [null, reply];
}

/** A call whose result is one of several. */
export class BatchedCall extends Call {
  readonly callback: NodeCallback | undefined;
  result: BatchResult = [null, undefined];
  onDone: () => void = () => {};

  constructor(
    name: string,
    args: readonly Argument[],
    read: ReadOptions,
    callback: NodeCallback | undefined,
  ) {
    super(name, args, read);
    this.callback = callback && AsyncResource.bind(callback);
  }

  protected resolve(value: unknown): void {
    this.#end([null, shapeOf(this.name)?.(value) ?? value]);
  }

  protected reject(error: Error): void {
    this.#end([error, undefined]);
  }

  #end(result: BatchResult): void {
    this.result = result;
    const { callback } = this;
    // Not from within: it may make calls of its own.
    if (callback !== undefined) queueMicrotask(() => tell(() => callback(...result)));
    this.onDone();
  }
}

/** Submits calls one after the other; resolves with their results when all are done. */
export function submitTogether(
  calls: readonly BatchedCall[],
  to: { submit(call: BatchedCall): void },
): Promise<BatchResult[]> {
  return new Promise((resolve) => {
    let owed = calls.length;
    const done = () => resolve(calls.map(({ result }) => result));
    if (owed === 0) done();
    for (const call of calls) {
      call.onDone = () => {
        if (--owed === 0) done();
      };
      to.submit(call);
    }
  });
}
