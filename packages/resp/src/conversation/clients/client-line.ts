/** A client as CLIENT LIST of Redis 7.0 shows it; what a proxy does not have is 0. */
import { SubscriptionKind } from '@shardmux/plugin-api';
import { unknownCommand } from '../../commands/command-spec.js';
import type { ClientState } from '../client-state.js';

export const CLIENT_TYPES = ['normal', 'master', 'replica', 'pubsub'] as const;

export type ClientType = (typeof CLIENT_TYPES)[number];

export function typeOf({ listens }: ClientState): ClientType {
  return listens ? 'pubsub' : 'normal';
}

/** Of one who has not said yet: as whom all come. */
export function userOf({ user }: ClientState): string {
  return user?.name ?? 'default';
}

export function clientLine(conversation: ClientState): string {
  const { id, client, name, transaction, links, listening, tracking, protocol } = conversation;
  const seconds = (ms: number) => Math.floor(ms / 1_000);
  const fields = {
    id,
    addr: client.remote,
    laddr: client.local,
    fd: 0,
    name: Buffer.from(name).toString('latin1'),
    age: seconds(client.age),
    idle: seconds(client.idle),
    flags: flagsOf(conversation),
    db: links?.database ?? 0,
    sub: listening?.count(SubscriptionKind.channel) ?? 0,
    psub: listening?.count(SubscriptionKind.pattern) ?? 0,
    ssub: listening?.count(SubscriptionKind.shardChannel) ?? 0,
    multi: transaction === null ? -1 : transaction.commandCount,
    qbuf: 0,
    'qbuf-free': 0,
    'argv-mem': 0,
    'multi-mem': 0,
    rbs: 0,
    rbp: 0,
    obl: 0,
    oll: 0,
    omem: 0,
    'tot-mem': 0,
    events: 'r',
    cmd: lastCommand(conversation),
    user: userOf(conversation),
    redir: tracking === null ? -1 : tracking.options.redirect,
    resp: protocol,
  };
  const words = Object.entries(fields).map(([field, value]) => `${field}=${value}`);
  return `${words.join(' ')}\n`;
}

function flagsOf(conversation: ClientState): string {
  const { monitor, listens, transaction, blocked, tracking, closing, isKept } = conversation;
  const flags = [
    monitor === null ? '' : 'O',
    listens ? 'P' : '',
    transaction === null ? '' : 'x',
    blocked === null ? '' : 'b',
    tracking === null ? '' : 't',
    tracking?.isBroken ? 'R' : '',
    tracking?.options.isBroadcast ? 'B' : '',
    closing ? 'c' : '',
    isKept ? 'e' : '',
  ].join('');
  return flags || 'N';
}

function lastCommand({ client: { lastCommand } }: ClientState): string {
  return lastCommand === null || lastCommand === unknownCommand ? 'NULL' : lastCommand.name;
}
