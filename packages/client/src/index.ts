export { ReplyError } from '@shardmux/plugin-api';
export { ExecAbortedError } from './batches/transaction-call.js';
export type { BatchResult } from './calls/batched-call.js';
export { checkOptions, clientOptionRules, type OptionRule, type OptionRules } from './check-options.js';
export { Client } from './client.js';
export type { CallOptions, ClientOptions, DuplicateOptions } from './client-options.js';
export type { NodeCallback } from './commands/arguments.js';
export { type ClientStatus, ConnectionError } from './connection/lifecycle.js';
export type { ClientParts } from './connection/shared-pool.js';
export {
  ClientError,
  type ClientErrorCode,
  type FailedCommand,
  MaxRetriesPerRequestError,
} from './errors.js';
export type { ScanStream } from './scans/scan-stream.js';
export type { ScriptDefinition } from './scripts/script.js';
