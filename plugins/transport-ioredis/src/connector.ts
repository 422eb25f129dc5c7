import type { Socket } from 'node:net';
import { isNativeError } from 'node:util/types';
import { ShardmuxError } from '@shardmux/plugin-api';
import type { RedisOptions } from 'ioredis';

/** What ioredis' connectors have in common, of whatever release. Each opens one connection here. */
export interface LinkConnector {
  /** The first error of the socket. */
  readonly firstError?: Error | undefined;
  /** @param emit is told of errors that do not end the attempt: a Sentinel that does not answer. */
  connect(emit: (type: string, error: Error) => void): Promise<Socket>;
  /** The attempt, or the connection, is over. */
  disconnect(): void;
}

export type ConnectorClass = new (options: RedisOptions) => LinkConnector;

/** A connector gave no connection. The code is `SHARDMUX_CONNECTOR_FAILED`. */
export class ConnectorError extends ShardmuxError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SHARDMUX_CONNECTOR_FAILED', reason, options);
  }
}

/** What a connector rejected with, or threw: with a code, as any cause of a closed channel. */
export function explainConnector(cause: unknown): Error {
  if (!isNativeError(cause)) return new ConnectorError(`the connector failed: ${String(cause)}`, { cause });
  const hasCode = 'code' in cause && typeof cause.code === 'string' && cause.code !== '';
  return hasCode ? cause : new ConnectorError(`the connector failed: ${cause.message}`, { cause });
}
