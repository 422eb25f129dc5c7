import type { Replication } from '@shardmux/plugin-api';
import { encodeCommand } from './request/encode-command.js';

/** What INFO says of it, by the names of Redis up to 7. */
export const respReplication: Replication = {
  question: encodeCommand('INFO', 'replication'),
  read(bytes, start, end) {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    const fields = new Map(Array.from(text.matchAll(/^(\w+):(\S*)/gm), ([, name, value]) => [name, value]));
    const role = fields.get('role') === 'slave' ? 'replica' : 'primary';
    const history = fields.get('master_replid');
    const offset = fields.get(role === 'replica' ? 'slave_repl_offset' : 'master_repl_offset');
    if (history === undefined || offset === undefined) return null;
    const isFollowing =
      fields.get('master_link_status') === 'up' && fields.get('master_sync_in_progress') === '0';
    return { role, history, offset: Number(offset), isFollowing };
  },
};
