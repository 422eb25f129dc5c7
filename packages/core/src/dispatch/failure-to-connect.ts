import type { Failure } from '@shardmux/plugin-api';

/** @param error what the transport says of a connection that was begun and never stood. */
export function failureToConnect(error: Error | null): Failure {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved';
  return code === 'ETIMEDOUT' ? 'timeout' : 'refused';
}
