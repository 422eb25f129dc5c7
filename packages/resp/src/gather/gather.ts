/** Commands that are served though their keys lie on several servers, where the pool gathers them. */
import { type Errand, ReplyError } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { isWord } from '../commands/words.js';
import { errand } from '../conversation/errand.js';
import { errorReply } from '../error-reply.js';
import type { RespCommand } from '../request/resp-command.js';
import { copy, rename, withKey } from './computing.js';
import { CopiedCommand } from './copied-command.js';
import { moveElement, moveMember } from './moving.js';
import type { Service } from './service.js';

const store = ascii('store');

const withFirst = withKey(0);
const withSecond = withKey(1);

const services: Readonly<Record<string, Service>> = {
  bitop: withFirst,
  copy,
  georadius: withSecond,
  georadiusbymember: withSecond,
  geosearchstore: withFirst,
  lcs: withFirst,
  lmove: moveElement,
  pfcount: withFirst,
  pfmerge: withFirst,
  rename,
  renamenx: rename,
  rpoplpush: moveElement,
  sdiff: withFirst,
  sdiffstore: withFirst,
  sinter: withFirst,
  sintercard: withFirst,
  sinterstore: withFirst,
  smove: moveMember,
  sort: withSecond,
  sunion: withFirst,
  sunionstore: withFirst,
  zdiff: withFirst,
  zdiffstore: withFirst,
  zinter: withFirst,
  zintercard: withFirst,
  zinterstore: withFirst,
  zrangestore: withFirst,
  zunion: withFirst,
  zunionstore: withFirst,
};

/** Their names. */
export const gathered: ReadonlySet<string> = new Set(Object.keys(services));

export function gather(command: RespCommand): Errand | null {
  const { name } = command.spec;
  if (!gathered.has(name) || (name === 'sort' && !isStoredAlone(command))) return null;
  const serve = services[name];
  const copied = new CopiedCommand(command);
  return errand(command.spec, async (host) => {
    try {
      return await serve(copied, host);
    } catch (error) {
      if (error instanceof ReplyError) return errorReply(error.message);
      throw error;
    }
  });
}

/** False: it has patterns, and to which keys they lead is not known here. */
function isStoredAlone(command: RespCommand): boolean {
  const destination = command.keyStart(1);
  let at = 0;
  while (command.argStart(at) !== destination) at++;
  return command.keyCount === 2 && isWord(command, at - 1, store);
}
