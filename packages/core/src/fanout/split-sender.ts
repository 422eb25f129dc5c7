import type { Codec, CommandSpec, DecodedCommand, Failure } from '@shardmux/plugin-api';
import type { Link } from '../dispatch/link.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Request } from '../request/request.js';
import type { Sender } from '../request/sender.js';
import type { Watch } from '../telemetry/watch.js';

/** On whose behalf a command is split. */
export interface SplitSender extends Sender {
  readonly codec: Codec;
  /** The pool's, to count fragments. */
  readonly counters: Float64Array;
  readonly watch: Watch | null;
  /** Sends a whole command to one node. */
  forward(request: Request, command: DecodedCommand, node: ServerNode): void;
  /** Sends a whole command to whom it may be sent to instead of the node that owns its keys. */
  serve(request: Request, command: DecodedCommand, owner: ServerNode): void;
  /** Whom a part of it may be sent to; `null`: nobody. */
  serverFor(owner: ServerNode, spec: CommandSpec): ServerNode | null;
  /** A fragment may change something there. */
  writesTo(node: ServerNode): void;
  /** Queues a request that lies in the link's memory, when its turn has come. */
  queue(node: ServerNode, link: Link, request: Request): void;
  /** A link that it uses has no room. */
  full(node: ServerNode, link: Link): void;
  /** Answers a request in the server's place. */
  fail(request: Request, failure: Failure): void;
}
