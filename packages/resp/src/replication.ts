import type { Replication, RoleChange } from '@shardmux/plugin-api';
import { encodeCommand } from './request/encode-command.js';

/** What INFO says of it, by the names of Redis up to 7. A role is kept for a restart where there is a file to keep it in. */
export const respReplication: Replication = {
  question: encodeCommand('INFO', 'replication'),
  read(bytes, start, end) {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    const fields = new Map(Array.from(text.matchAll(/^(\w+):(\S*)/gm), ([, name, value]) => [name, value]));
    const role = fields.get('role') === 'slave' ? 'replica' : 'primary';
    const history = fields.get('master_replid');
    const offset = fields.get(role === 'replica' ? 'slave_repl_offset' : 'master_repl_offset');
    if (history === undefined || offset === undefined) return null;
    const isUp = fields.get('master_link_status') === 'up';
    const isSyncing = fields.get('master_sync_in_progress') !== '0';
    const former = fields.get('master_replid2');
    const host = fields.get('master_host');
    const seconds = Number(fields.get('master_link_down_since_seconds') ?? -1);
    return {
      role,
      history,
      formerHistory: former === undefined || /^0*$/.test(former) ? null : former,
      offset: Number(offset),
      isFollowing: isUp && !isSyncing,
      source: host === undefined ? null : { host, port: Number(fields.get('master_port')) },
      lostFor: isUp ? 0 : seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1_000,
      mayLead: !isSyncing && fields.get('slave_priority') !== '0',
    };
  },
  lead: change(['REPLICAOF', 'NO', 'ONE']),
  follow: (host, port) => change(['REPLICAOF', host, String(port)]),
  demote: (host, port) =>
    change(
      ['REPLICAOF', host, String(port)],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ),
};

function change(...commands: readonly string[][]): RoleChange {
  const all = [...commands, ['CONFIG', 'REWRITE']];
  return {
    request: Buffer.concat(all.map(([name, ...args]) => encodeCommand(name, ...args))),
    replies: all.length,
  };
}
