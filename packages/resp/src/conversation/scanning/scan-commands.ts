/** SCAN over all servers, one after the other, by one cursor. */
import { type ErrandHost, FailureError } from '@shardmux/plugin-api';
import { textAt } from '../../commands/words.js';
import { errorReply } from '../../error-reply.js';
import { encodeCommand } from '../../request/encode-command.js';
import { argumentOf } from '../arguments.js';
import { errand } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import { array, bulk } from '../replies.js';
import { readCursor, type ScanCursor, writeCursor } from './scan-cursor.js';
import { type ScanServer, scanServers } from './scan-servers.js';

const invalidCursor = errorReply('ERR invalid cursor');
const end = bulk(Buffer.from('0'));
const nothing = array([end, array([])]);

/** More than the longest cursor. */
const MAX_CURSOR_LENGTH = 21;
/** A page begins with the cursor; what it found follows. */
const PAGE_HEAD = /^\*2\r\n\$\d+\r\n(\d+)\r\n/;
const MAX_HEAD_LENGTH = 40;

export const scanCommands: LocalCommands = {
  scan(_, command) {
    const cursor = readCursor(textAt(command, 1, MAX_CURSOR_LENGTH));
    if (cursor === null) return invalidCursor;
    const options = Array.from({ length: command.argCount - 2 }, (_, i) => argumentOf(command, i + 2));
    return errand(command.spec, (host) => scan(host, cursor, options));
  },
};

/** A server that is no more is passed over. */
async function scan(host: ErrandHost, cursor: ScanCursor, options: Buffer[]): Promise<Uint8Array> {
  const servers = scanServers(host.nodes);
  if (servers.length === 0) throw new FailureError('refused');
  const at = servers.findIndex(({ id }) => id >= cursor.server);
  if (at < 0) return nothing;
  const { id, node } = servers[at];
  const own = id === cursor.server ? cursor.own : 0n;
  const page = await node.ask(encodeCommand('SCAN', String(own), ...options));
  return withCursorFor(servers, at, page);
}

/** The page with where the whole goes on in place of where its server does. */
function withCursorFor(servers: readonly ScanServer[], at: number, page: Uint8Array): Uint8Array {
  const head = PAGE_HEAD.exec(Buffer.from(page.subarray(0, MAX_HEAD_LENGTH)).toString('latin1'));
  if (head === null) return page;
  const own = BigInt(head[1]);
  const next: ScanServer | undefined = servers[own === 0n ? at + 1 : at];
  const cursor = next === undefined ? end : bulk(Buffer.from(writeCursor({ server: next.id, own })));
  return Buffer.concat([Buffer.from('*2\r\n'), cursor, page.subarray(head[0].length)]);
}
