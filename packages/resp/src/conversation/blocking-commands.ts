/** Commands that may wait for other clients: each on a connection of its own, for as long as it waits. */
import { type Answer, type ErrandHost, FailureError } from '@shardmux/plugin-api';
import { ascii } from '../ascii.js';
import { isWord } from '../commands/words.js';
import type { RespCommand } from '../request/resp-command.js';
import type { ClientState } from './client-state.js';
import { Blocked } from './clients/blocked.js';
import { Wanted } from './clients/wanted.js';
import { errand, isElsewhere, ownerOfAll } from './errand.js';
import type { LocalCommand, LocalCommands } from './local-command.js';
import { isNil, servesNoMore } from './reply-heads.js';

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

function wait(conversation: ClientState, command: RespCommand, timeoutAt: number, unit: number): Answer {
  // Its server knows what is wrong with it.
  if (command.keyCount === 0) return null;
  const wanted = new Wanted(command, timeoutAt, unit);
  return errand(command.spec, (host) => waitWhereverItIs(conversation, host, wanted), true);
}

/** Servers may take each other's place while it waits: it goes on where the keys are then, for as long as is left. */
async function waitWhereverItIs(
  conversation: ClientState,
  host: ErrandHost,
  wanted: Wanted,
): Promise<Uint8Array> {
  for (;;) {
    const { reply, isFinal, isMoved } = await waitOnce(conversation, host, wanted);
    if (!isFinal && !wanted.isOver && (isMoved || (await host.doubt()))) continue;
    if (reply instanceof FailureError) throw reply;
    return reply;
  }
}

interface Outcome {
  readonly reply: Uint8Array | FailureError;
  /** It was given an element, or its time is over. */
  readonly isFinal: boolean;
  /** Its server is used no more, or not for its keys: it is known who has them. */
  readonly isMoved: boolean;
}

async function waitOnce(conversation: ClientState, host: ErrandHost, wanted: Wanted): Promise<Outcome> {
  const server = ownerOfAll(host, wanted.keys);
  const link = server.lease();
  const blocked = new Blocked(server, link);
  let isMoved = false;
  const moveOn = () => {
    if (isMoved) return;
    isMoved = true;
    void blocked.unblock('TIMEOUT');
  };
  link.onLeaving = moveOn;
  link.onRoutesChanged = () => {
    if (isElsewhere(host, wanted.keys, link.node)) moveOn();
  };
  conversation.blocked = blocked;
  try {
    const reply = await link.ask(wanted.bytes, 1, wanted.patience);
    return { reply, isMoved, isFinal: isMoved ? !isNil(reply) : !servesNoMore(reply) };
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure === 'privateLinks') throw error;
    return { reply: error, isMoved, isFinal: false };
  } finally {
    if (conversation.blocked === blocked) conversation.blocked = null;
    await blocked.settled();
    link.release();
  }
}
