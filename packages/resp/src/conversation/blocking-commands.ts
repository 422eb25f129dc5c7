/** Commands that may wait for other clients: each on a connection of its own, for as long as it waits. */
import type { Answer } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { isWord, textAt } from '../commands/words.js';
import type { RespCommand } from '../request/resp-command.js';
import { bytesOf, keysOf } from './arguments.js';
import { Blocked } from './clients/blocked.js';
import type { RespConversation } from './conversation.js';
import { errand, ownerOfAll } from './errand.js';
import type { LocalCommand, LocalCommands } from './local-command.js';

const block = ascii('block');
const streams = ascii('streams');

/** @param timeoutAt which argument says how long; negative: from the end. In seconds. */
function waiting(timeoutAt: number): LocalCommand {
  return (conversation, command) =>
    wait(conversation, command, timeoutAt < 0 ? command.argCount + timeoutAt : timeoutAt, 1_000);
}

/** Without BLOCK it goes where all others go. */
const readStreams: LocalCommand = (conversation, command) => {
  for (let i = 1; i + 1 < command.argCount && !isWord(command, i, streams); i++) {
    if (isWord(command, i, block)) return wait(conversation, command, i + 1, 1);
  }
  return null;
};

export const blockingCommands: LocalCommands = {
  blmove: waiting(-1),
  blmpop: waiting(1),
  blpop: waiting(-1),
  brpop: waiting(-1),
  brpoplpush: waiting(-1),
  bzmpop: waiting(1),
  bzpopmax: waiting(-1),
  bzpopmin: waiting(-1),
  xread: readStreams,
  xreadgroup: readStreams,
};

function wait(conversation: RespConversation, command: RespCommand, timeoutAt: number, unit: number): Answer {
  // Its server knows what is wrong with it.
  if (command.keyCount === 0) return null;
  const bytes = bytesOf(command);
  const keys = keysOf(command);
  const patience = patienceFor(Number(textAt(command, timeoutAt, 32)) * unit);
  return errand(
    command.spec,
    async (host) => {
      const link = ownerOfAll(host, keys).lease();
      const blocked = new Blocked(host, link);
      conversation.blocked = blocked;
      try {
        return await link.ask(bytes, 1, patience);
      } finally {
        if (conversation.blocked === blocked) conversation.blocked = null;
        await blocked.settled();
        link.release();
      }
    },
    true,
  );
}

/** @param timeout ms as the server reads it; what it refuses is refused at once. */
export function patienceFor(timeout: number): number {
  if (timeout === 0) return Number.POSITIVE_INFINITY;
  return timeout > 0 ? timeout : 0;
}
