/**
 * Scripts: what one server was given, all others have as soon as they are to run it.
 *
 *   EVAL ──► goes on, and its script is known
 *   EVALSHA ──► known, and did not go out on the connection that it takes ──► SCRIPT LOAD and EVALSHA in one piece
 *         └───► else it goes on as it is
 */
import type { Answer, Run } from '@shardmux/plugin-api';
import { ascii } from '../../ascii.js';
import type { RespCommandSpec } from '../../commands/command-spec.js';
import { commands } from '../../commands/commands.js';
import { decodeWhole } from '../../request/decode-whole.js';
import type { RespCommand } from '../../request/resp-command.js';
import { bytesOf } from '../arguments.js';
import type { ClientState } from '../client-state.js';
import type { LocalCommand, LocalCommands } from '../local-command.js';
import type { RealmState } from '../realm-state.js';
import { array, integer } from '../replies.js';
import { asksEvery } from '../servers/every-server.js';
import type { Transaction } from '../transactions/transaction.js';
import { ProvisionedRun } from './provisioned-run.js';

/** Not EVALSHA_RO, which might be sent again when it was answered in part. */
const evalsha = commands.lookup(ascii('evalsha'), 0, 7) as RespCommandSpec;

const bodies = new Set(['eval', 'eval_ro']);
const digests = new Set(['evalsha', 'evalsha_ro']);

const runsBody: LocalCommand = ({ realm, client }, command) => {
  realm.scripts.learn(command, 1)?.goesOutOn(client.connectionFor(command));
  return null;
};

function runsDigest({ realm, client }: ClientState, command: RespCommand): Answer {
  const script = realm.scripts.find(command, 1);
  if (script === null) return null;
  const connection = client.connectionFor(command);
  if (script.wentOutOn(connection)) return null;
  script.goesOutOn(connection);
  return new ProvisionedRun(evalsha, [script], command, 1);
}

/** Of a command that goes into a transaction. */
export function gatherScript({ scripts }: RealmState, transaction: Transaction, command: RespCommand): void {
  if (bodies.has(command.spec.name)) scripts.learn(command, 1);
  const script = digests.has(command.spec.name) ? scripts.find(command, 1) : null;
  if (script !== null) transaction.scripts.add(script);
}

/** A transaction, behind those of its scripts that its server may not have. @param connection that it will take. */
export function provisioned(transaction: Transaction, connection: object | null): Run {
  const missing = [...transaction.scripts].filter((script) => !script.wentOutOn(connection));
  if (missing.length === 0) return transaction;
  for (const script of missing) script.goesOutOn(connection);
  return new ProvisionedRun(transaction.spec, missing, transaction, transaction.replies);
}

export const scriptCommands: LocalCommands = {
  eval: runsBody,
  eval_ro: runsBody,
  evalsha: runsDigest,
  evalsha_ro: runsDigest,
  'script|exists': asksEvery((command) => {
    const copy = decodeWhole(bytesOf(command));
    return (replies, { realm }) => {
      const columns = replies.map((reply) => reply.toString('latin1').split('\r\n').slice(1));
      return array(
        Array.from({ length: copy.argCount - 2 }, (_, i) => {
          const has = (column: string[]) => column[i] === ':1';
          // One that is known comes to all others before they run it.
          const isThere = realm.scripts.find(copy, i + 2) === null ? columns.every(has) : columns.some(has);
          return integer(Number(isThere));
        }),
      );
    };
  }),
  'script|flush': asksEvery(() => ([reply], { realm }) => {
    realm.scripts.clear();
    return reply;
  }),
  'script|load': asksEvery((command) => {
    const copy = decodeWhole(bytesOf(command));
    return ([reply], { realm }) => {
      realm.scripts.learn(copy, 2);
      return reply;
    };
  }),
};
