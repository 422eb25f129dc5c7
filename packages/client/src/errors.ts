import { type Failure, ShardmuxError } from '@shardmux/plugin-api';

/** What a call was about: on every error that a call rejects with, as ioredis has it. */
export interface FailedCommand {
  readonly name: string;
  readonly args: readonly unknown[];
}

export type ClientErrorCode =
  /** The client was closed, before the call or while it was under way. */
  | 'SHARDMUX_CLIENT_CLOSED'
  /** `commandTimeout` is over. Whether the server runs the command is unknown. */
  | 'SHARDMUX_COMMAND_TIMEOUT'
  /** The server cannot be reached; the command was not sent to it. */
  | 'SHARDMUX_UNREACHABLE'
  /** The connection was lost after the command was sent: whether it ran is unknown. */
  | 'SHARDMUX_CONNECTION_LOST'
  /** More commands wait unsent than may. */
  | 'SHARDMUX_QUEUE_FULL'
  /** The keys of a transaction, or of a command that cannot be split, lie on several shards. */
  | 'SHARDMUX_CROSS_SHARD'
  /** Reads are for replicas alone, and none is fit to be read from. */
  | 'SHARDMUX_NO_REPLICA'
  /** A plugin of the pool gave no server for the key. */
  | 'SHARDMUX_MISROUTED'
  /** The server sent what is not of the protocol. */
  | 'SHARDMUX_REPLY_MALFORMED'
  /** The call cannot be made in this way. */
  | 'SHARDMUX_UNSUPPORTED';

/** A call came to nothing, and not because of what a server answered. */
export class ClientError extends ShardmuxError {
  declare readonly code: ClientErrorCode;
  command?: FailedCommand;

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** A command waited for its server through as many attempts to connect as it may. */
export class MaxRetriesPerRequestError extends ClientError {
  constructor(maxRetriesPerRequest: number, extent = '') {
    const limit = `Reached the max retries per request limit (which is ${maxRetriesPerRequest})`;
    super('SHARDMUX_UNREACHABLE', `${limit}: the server cannot be reached${extent}`);
  }
}

/** @param cause why it was closed, where the application did not ask for it. */
export function closedError(cause: Error | null = null): ClientError {
  const message = 'Connection is closed.';
  if (cause === null) return new ClientError('SHARDMUX_CLIENT_CLOSED', message);
  return new ClientError('SHARDMUX_CLIENT_CLOSED', `${message} ${cause.message}`, { cause });
}

const QUEUE_FULL =
  'More waits for its server than may: fewer calls at once, or a higher maxQueuedCommands (calls of the client) or ' +
  'limits.maxLinkBytes (bytes per connection)';

const failures: Readonly<Record<Failure, readonly [ClientErrorCode, string]>> = {
  refused: ['SHARDMUX_UNREACHABLE', 'The server cannot be reached; the command was not sent to it'],
  unresolved: [
    'SHARDMUX_UNREACHABLE',
    "The server's name cannot be resolved; the command was not sent to it",
  ],
  timeout: ['SHARDMUX_COMMAND_TIMEOUT', 'Command timed out'],
  closed: ['SHARDMUX_CONNECTION_LOST', 'The connection was lost; whether the command ran is unknown'],
  garbage: ['SHARDMUX_REPLY_MALFORMED', 'The server sent a malformed reply'],
  overflow: ['SHARDMUX_QUEUE_FULL', QUEUE_FULL],
  misrouted: ['SHARDMUX_MISROUTED', 'A plugin of the pool gave no server for the key'],
  crossSlot: [
    'SHARDMUX_CROSS_SHARD',
    'The keys must all lie on one shard, and they do not: give them a common hash tag',
  ],
  privateLinks: [
    'SHARDMUX_QUEUE_FULL',
    'As many calls wait on connections of their own as may (maxPrivateLinks)',
  ],
  noReplica: ['SHARDMUX_NO_REPLICA', 'No replica of the shard is fit to be read from'],
  broken: ['SHARDMUX_UNSUPPORTED', 'The codec could not serve the command'],
  maxClients: ['SHARDMUX_UNREACHABLE', 'The server takes no more clients'],
};

/**
 * @param attempts to connect that the command has waited through.
 * @param maxRetries as the client's option.
 * @param detail the end of the message: how far a command over several servers got.
 */
export function failureError(
  failure: Failure,
  attempts: number,
  maxRetries: number,
  detail: string,
): ClientError {
  const [code, message] = failures[failure];
  if (attempts > 0 && attempts >= maxRetries && failure !== 'closed' && failure !== 'garbage') {
    return new MaxRetriesPerRequestError(maxRetries, detail);
  }
  return new ClientError(code, message + detail);
}
