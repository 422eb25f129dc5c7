import type { PromiseCall } from './promise-call.js';

/** The call ends when the signal says so, be it that it has already. */
export function abortWith(signal: AbortSignal, call: PromiseCall): void {
  const abort = () => call.finish(asError(signal.reason));
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener('abort', abort, { once: true });
  call.onDone = () => signal.removeEventListener('abort', abort);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
