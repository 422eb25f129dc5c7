/** CONFIG GET: what clients ask when they start. */
import type { ErrandHost } from '@shardmux/plugin-api';
import { textAt } from '../../commands/words.js';
import { readWhole } from '../../reply/whole-reply.js';
import { bytesOf } from '../arguments.js';
import { DATABASES } from '../connection-commands.js';
import { errand } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import type { RealmState } from '../realm-state.js';
import { bulk, map } from '../replies.js';

/** Longer than any setting's name. */
const MAX_NAME = 256;

/** Secrets of servers, and where they keep theirs. */
const KEPT_BACK = /pass|auth$|masteruser|tls-.*file|aclfile|oom-score/i;

type Settings = Map<string, string>;

export const configCommands: LocalCommands = {
  'config|get'(conversation, command) {
    const { realm, protocol } = conversation;
    const question = bytesOf(command);
    const asked = Array.from({ length: command.argCount - 2 }, (_, i) => textAt(command, i + 2, MAX_NAME));
    return errand(command.spec, async (host) => {
      const told = merge(await askAll(host, question));
      const own = ownSettings(realm);
      // Which names a pattern means the servers say, and spell them as they were asked for.
      const names = told.size > 0 ? [...told.keys()] : asked.filter((name) => own.has(name.toLowerCase()));
      const pairs = names
        .filter((name) => !KEPT_BACK.test(name))
        .map((name) => [name, own.get(name.toLowerCase()) ?? told.get(name) ?? ''])
        .map(([name, value]) => [bulk(Buffer.from(name)), bulk(Buffer.from(value))] as const);
      return map(protocol, pairs);
    });
  },
};

/** What a proxy knows better than its servers. */
function ownSettings({ limits, cluster }: RealmState): Settings {
  const own: Settings = new Map([
    ['cluster-enabled', cluster === null ? 'no' : 'yes'],
    ['databases', String(DATABASES)],
  ]);
  if (limits === null) return own;
  own.set('maxclients', String(limits.maxClients));
  own.set('proto-max-bulk-len', String(limits.maxBulkLength));
  own.set('timeout', String(Math.ceil(limits.idleTimeout / 1_000)));
  return own;
}

/** A server that cannot be asked, or may not be, says nothing. */
async function askAll({ nodes }: ErrandHost, question: Uint8Array): Promise<Settings[]> {
  const replies = await Promise.allSettled(nodes.map((node) => node.ask(question)));
  return replies.flatMap((reply) => (reply.status === 'rejected' ? [] : (settingsIn(reply.value) ?? [])));
}

/** A map; a flat list in RESP2. `null` for an error. */
function settingsIn(reply: Uint8Array): Settings | null {
  const value = readWhole(reply, { stringNumbers: true });
  if (value instanceof Error) return null;
  const settings: Settings = new Map(Array.isArray(value) ? [] : Object.entries(Object(value)));
  const fields = Array.isArray(value) ? value.map(String) : [];
  for (let i = 0; i + 1 < fields.length; i += 2) settings.set(fields[i], fields[i + 1]);
  return settings;
}

/** The first server speaks for all, but for the memory that they have together: none is limited where one is not. */
function merge(all: readonly Settings[]): Settings {
  const merged: Settings = new Map(all[0]);
  for (const name of merged.keys()) {
    if (name.toLowerCase() !== 'maxmemory') continue;
    const limits = all.map((settings) => Number(settings.get(name)));
    const total = limits.reduce((sum, limit) => sum + limit, 0);
    merged.set(name, String(limits.includes(0) ? 0 : total));
  }
  return merged;
}
