import { type ReadOptions, ReplyError, ShardmuxError } from '@shardmux/plugin-api';
import type { BatchedCall, BatchResult } from '../calls/batched-call.js';
import type { Call } from '../calls/call.js';
import type { Outlet, Refusal, RunCall } from '../calls/outlet.js';
import { PromiseCall } from '../calls/promise-call.js';

const NO_OPTIONS = { buffers: false, stringNumbers: false };

/** EXEC was refused, since commands before it were. */
export class ExecAbortedError extends ReplyError {
  /** Why each of them was. */
  readonly previousErrors: readonly Error[];

  constructor(message: string, previousErrors: readonly Error[]) {
    super(message);
    this.previousErrors = previousErrors;
  }
}

/**
 * A transaction as one call:
 *
 *   MULTI, commands, EXEC ──► one run on one link ──► +OK, +QUEUED …, *n replies ──► one result per command
 *                        └──► on the link that watches keys ──► *n replies ──┘
 */
export class TransactionCall extends PromiseCall implements RunCall {
  readonly #commands: readonly BatchedCall[];

  constructor(commands: readonly BatchedCall[]) {
    super('exec', [], NO_OPTIONS);
    this.#commands = commands;
  }

  override send(outlet: Outlet<Call>): void {
    const commands = this.#commands.map((call) => call.route?.commandOf(call) ?? call);
    outlet.sendTransaction(this, commands);
  }

  refused(refusals: readonly Refusal[]): void {
    const errors = refusals.map(({ command, error }) => withCommand(error, this.#commands[command]));
    for (const { command, error } of refusals) this.#commands[command].finish(error);
    this.finish(new ExecAbortedError('EXECABORT Transaction discarded because of previous errors.', errors));
  }

  protected override answered(
    outlet: Outlet<Call>,
    bytes: Uint8Array,
    start: number,
    end: number,
    lastReply: number,
  ): void {
    const before: unknown[] = [];
    let at = start;
    while (at < start + lastReply) {
      before.push(outlet.reader.read(bytes, at, end, NO_OPTIONS));
      at = outlet.reader.next;
    }
    const refusals: Error[] = [];
    // In front there may be replies to what was not asked here: scripts that the server was to have.
    for (const [i, reply] of before.slice(-1 - this.#commands.length).entries())
      if (ShardmuxError.is(reply)) refusals.push(i === 0 ? reply : withCommand(reply, this.#commands[i - 1]));
    this.finish(this.#results(outlet, bytes, at, end, refusals));
  }

  /** Those that were not refused themselves come to nothing with the others. */
  protected override reject(error: Error): void {
    for (const command of this.#commands) command.finish(error);
    super.reject(error);
  }

  /** What EXEC answered: an array with the reply to each command, each in the form that its command asked for. */
  #results(outlet: Outlet<Call>, bytes: Uint8Array, start: number, end: number, refusals: Error[]): unknown {
    const replies = outlet.reader.read(bytes, start, end, NO_OPTIONS);
    if (ShardmuxError.is(replies)) return new ExecAbortedError(replies.message, refusals);
    if (!Array.isArray(replies)) return replies;
    const forms = new Map<ReadOptions, readonly unknown[]>();
    for (const { read } of this.#commands) {
      if (!forms.has(read)) forms.set(read, outlet.reader.read(bytes, start, end, read) as unknown[]);
    }
    return this.#commands.map((command, i): BatchResult => {
      command.finish(forms.get(command.read)?.[i]);
      return command.result;
    });
  }
}

function withCommand(error: Error, { name, args }: BatchedCall): Error {
  return Object.assign(error, { command: { name, args } });
}
