import type { Request, ServerNode } from '@shardmux/core';
import type { Argument, Failure, ReplyReader } from '@shardmux/plugin-api';
import type { ClientError } from '../errors.js';
import type { Command } from './command.js';

/** Why a command of a transaction is not sent. */
export interface Refusal {
  /** Its index. */
  readonly command: number;
  readonly error: Error;
}

/** What a call is beside that, if it is sent as a run of commands. */
export interface RunCall {
  /** Nothing was sent. At least one refusal. */
  refused(refusals: readonly Refusal[]): void;
}

/** The ways out to the servers, for a call whose turn has come. */
export interface Outlet<Call> {
  readonly reader: ReplyReader;
  /** Routes a command by its keys, splits it, or answers it here. */
  sendCommand(call: Call, name: string, args: readonly Argument[]): void;
  /** To one server, whatever its keys. */
  sendToNode(call: Call, node: ServerNode, name: string, args: readonly Argument[]): void;
  /** As one run to the server that owns all keys; its replies come together. */
  sendTransaction(call: Call & RunCall, commands: readonly Command[]): void;
  /** The server that owns all keys of a command; `null` where there is no such one. */
  ownerOf(name: string, args: readonly Argument[]): ServerNode | null;
  /**
   * @param attempts to connect that it has waited through.
   * @param extent how far a command over several servers got.
   */
  errorOf(failure: Failure, attempts: number, extent?: string): ClientError;
  /** The call is done with a request. */
  release(request: Request): void;
  /** The call is over. */
  leave(call: Call): void;
}
