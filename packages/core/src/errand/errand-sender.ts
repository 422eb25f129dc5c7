import type { DecodedCommand, LinkState, Run } from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';

/** On whose behalf an errand runs: what it must know of a session. */
export interface ErrandSender extends Sender {
  /** All that it sent is answered. */
  readonly isAtRest: boolean;
  /** Its owner is gone. */
  readonly isEnded: boolean;
  /** Its replies have an order: what comes behind a command that blocks waits for it. */
  readonly isSerial: boolean;
  /** The servers that it may have changed something on. */
  readonly written: readonly ServerNode[];
  /** Nothing is under way: it may change its routes and its links. */
  adopt(): void;
  /** From the mark on it uses links in this state. */
  useLinks(state: LinkState | null): void;
  /** Nothing waits for an errand any more. */
  release(): void;
  /** Sends a command where its keys live … */
  dispatch(request: Request, command: DecodedCommand): void;
  /** … a run of them … */
  dispatchRun(request: Request, run: Run): void;
  /** … or whatever it is to this server. */
  forward(request: Request, command: Pick<DecodedCommand, 'bytes' | 'start' | 'end'>, node: ServerNode): void;
  /** It may change something there. */
  writesTo(node: ServerNode): void;
  /** A connection of its own to that server, on which it may write, is its from here on … */
  mayWriteTo(server: number): void;
  /** … and what it wrote there is over. */
  wroteTo(server: number): void;
}
