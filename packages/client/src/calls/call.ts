import { AsyncResource } from 'node:async_hooks';
import type { Request, RequestOwner } from '@shardmux/core';
import { type Argument, type Failure, type ReadOptions, ShardmuxError } from '@shardmux/plugin-api';
import type { ClientError } from '../errors.js';
import type { Command } from './command.js';
import type { Outlet } from './outlet.js';
import type { Route } from './route.js';

/**
 * One command that an application wants an answer to.
 *
 *   submitted ──► waiting ──► sent ──► done, by a value or an error
 *                    └── timed out, aborted, client closed ──► done; the reply that may still come is dropped
 */
export abstract class Call implements RequestOwner, Command {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly read: ReadOptions;
  /** Its place among the client's calls that are not done: see outstanding.ts. */
  previous: Call | null = null;
  next: Call | null = null;
  isWaiting = false;
  isDone = false;
  /** Since when it waits for its answer, by the turn's clock. */
  since = 0;
  /** `null`: by its keys. */
  route: Route | null = null;
  /** It may wait for other clients, for as long as it says. */
  blocks = false;
  /** The mark of its batch, where somebody watches. */
  batch: unknown = null;
  #outlet: Outlet<Call> | null = null;
  #context: AsyncResource | null = null;

  constructor(name: string, args: readonly Argument[], read: ReadOptions) {
    this.name = name;
    this.args = args;
    this.read = read;
  }

  /** The client takes charge of it. */
  enter(outlet: Outlet<Call>, now: number): void {
    this.#outlet = outlet;
    this.since = now;
  }

  /** For those who watch: whatever is sent later is sent in the context that the call is made in. */
  keepContext(): void {
    this.#context ??= new AsyncResource('ShardmuxCall');
  }

  within<Result>(work: () => Result): Result {
    return this.#context === null ? work() : this.#context.runInAsyncScope(work);
  }

  /** Its turn has come. */
  send(outlet: Outlet<Call>): void {
    if (this.route === null) outlet.sendCommand(this, this.name, this.args);
    else this.route.send(outlet, this);
  }

  settle(request: Request, bytes: Uint8Array, start: number, end: number): void {
    const outlet = this.#outlet as Outlet<Call>;
    if (request.failure !== null) {
      this.#failAtShards(request, request.failure);
      return;
    }
    const { lastReply } = request;
    outlet.release(request);
    if (this.isDone) return;
    try {
      this.answered(outlet, bytes, start, end, lastReply);
    } catch (error) {
      this.finish(error as Error);
    }
  }

  /** What came is whole. @param lastReply where the last reply begins, from the first one's start. */
  protected answered(
    outlet: Outlet<Call>,
    bytes: Uint8Array,
    start: number,
    end: number,
    lastReply: number,
  ): void {
    const value = outlet.reader.read(bytes, start + lastReply, end, this.read);
    if (this.route === null || !this.#isRetried(this.route, outlet, value)) this.finish(value);
  }

  #isRetried(route: Route, outlet: Outlet<Call>, value: unknown): boolean {
    return this.within(() => route.retries(outlet, this, value));
  }

  /** A reply that no server made. */
  answerLocally(reply: Uint8Array): void {
    this.finish((this.#outlet as Outlet<Call>).reader.read(reply, 0, reply.length, this.read));
  }

  fail(request: Request, failure: Failure): void {
    const outlet = this.#outlet as Outlet<Call>;
    const { attempts } = request;
    outlet.release(request);
    if (!this.isDone) this.finish(outlet.errorOf(failure, attempts));
  }

  /** It went to several servers, and one at least did not answer. */
  #failAtShards(request: Request, failure: Failure): void {
    const { attempts, applied, shards, spec } = request;
    const isPartly = applied > 0 && !spec?.readonly;
    const outlet = this.#outlet as Outlet<Call>;
    outlet.release(request);
    const extent = isPartly ? ` (applied on ${applied} of ${shards} shards)` : '';
    if (!this.isDone) this.finish(outlet.errorOf(failure, attempts, extent));
  }

  /** Ends the call, unless it is over already. @param outcome a value, or the error. */
  finish(outcome: unknown): void {
    if (this.isDone) return;
    this.isDone = true;
    this.#outlet?.leave(this);
    if (ShardmuxError.is(outcome)) {
      (outcome as ClientError).command ??= { name: this.name, args: this.args };
      this.reject(outcome);
    } else if (outcome instanceof Error) {
      // Somebody else's, the reason of a signal perhaps: it is not ours to write to.
      this.reject(outcome);
    } else {
      this.resolve(outcome);
    }
  }

  protected abstract resolve(value: unknown): void;
  protected abstract reject(error: Error): void;
}
