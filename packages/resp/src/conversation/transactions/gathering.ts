/** Which commands a transaction takes. */
import { Handling } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import { Refusal } from '../../commands/refusal.js';
import { errorReply } from '../../error-reply.js';
import type { RespCommand } from '../../request/resp-command.js';
import type { RealmState } from '../realm-state.js';
import { rejection } from '../rejection.js';
import { gatherScript } from '../scripts/script-commands.js';
import { answeredWithin, envelopeOf } from './own-replies.js';
import type { Transaction } from './transaction.js';

const queued = ascii('+QUEUED\r\n');
const tooLarge = errorReply('ERR the transaction is larger than shardmux allows (maxSessionBytes)');

/** What is carried out at once, whether a transaction is open or not. */
export const notGathered: ReadonlySet<string> = new Set([
  ...['multi', 'exec', 'discard', 'quit', 'reset', 'watch'],
]);

/** What is answered here, and by a server in the same way. */
const answeredAnywhere = new Set([
  ...['ping', 'echo', 'unwatch', 'eval', 'eval_ro', 'evalsha', 'evalsha_ro'],
  // Without keys, servers refuse them in their own words.
  ...['blmpop', 'bzmpop'],
]);

/** What is refused spoils all of it. */
export function gather(realm: RealmState, transaction: Transaction, command: RespCommand): Uint8Array {
  const error = command.refusal === Refusal.none ? faultWithin(realm, command) : rejection(command);
  if (error === null && add(realm, transaction, command)) return queued;
  transaction.isSpoilt = true;
  return error ?? tooLarge;
}

function add(realm: RealmState, transaction: Transaction, command: RespCommand): boolean {
  if (answeredWithin.has(command.spec.name)) {
    transaction.own.add(transaction.commandCount);
    return transaction.add(envelopeOf(command), 0);
  }
  const isAdded = transaction.add(command, isHeardEverywhere(realm, command) ? 0 : command.keyCount);
  if (isAdded) gatherScript(realm, transaction, command);
  return isAdded;
}

function faultWithin(realm: RealmState, command: RespCommand): Uint8Array | null {
  const why = reasonFor(realm, command);
  return why === null
    ? null
    : errorReply(`ERR '${command.spec.name}' is not supported by shardmux in a transaction: ${why}`);
}

function reasonFor({ channels }: RealmState, { handling, spec, keyCount }: RespCommand): string | null {
  if (handling === Handling.channel && channels === 'one') return 'all channels are on one server';
  return handling === Handling.local && keyCount > 0 ? null : reasonWithin(spec.name, handling);
}

/**
 * Why a command without keys that is served elsewhere has no place in a transaction, which runs on one connection of one
 * server; `null` where it has one.
 */
export function reasonWithin(name: string, handling: Handling): string | null {
  if (handling === Handling.allNodes) return 'it concerns every server';
  const isTaken = answeredAnywhere.has(name) || answeredWithin.has(name);
  return handling === Handling.local && !isTaken ? 'server connections are shared' : null;
}

/** On whichever server it is published. */
function isHeardEverywhere({ channels }: RealmState, { handling }: RespCommand): boolean {
  return handling === Handling.channel && channels === 'all';
}
