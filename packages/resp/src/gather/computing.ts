/** Commands that one server computes of what others have. */
import { COLON } from '../ascii.js';
import { errorReply } from '../error-reply.js';
import { integerOf } from '../reply/whole-reply.js';
import { encodeCommand } from '../request/encode-command.js';
import { Gathering } from './gathering.js';
import type { Service } from './service.js';
import { step, together } from './steps.js';

const changedMeanwhile = errorReply(
  'ERR the key changed while it was copied to another server: the copy is there, and the key was not removed',
);

/** @param index of the key on whose server it is computed: the one that is written, where one is. */
export function withKey(index: number): Service {
  return async (command, host) => {
    const server = host.ownerOf(command.keys[index]);
    const gathering = new Gathering(command, server);
    for (const key of command.keys) {
      const home = host.ownerOf(key);
      if (home.name !== server.name) gathering.add(key, home);
    }
    const arrivals = await gathering.invite((guest) => guest.invite());
    if (!command.readonly && arrivals.length > 0) await gathering.tryOut(arrivals);
    return gathering.compute(arrivals);
  };
}

/** The new key ends when the old one does. */
export const copy: Service = async (command, host) => {
  const [source, target] = command.keys;
  const gathering = new Gathering(command, host.ownerOf(target));
  gathering.add(source, host.ownerOf(source));
  return gathering.compute(await gathering.invite((guest) => guest.inviteUntilItsEnd(false)));
};

/** Likewise. The old one is removed when the new one is there, if nobody has changed it since it was read. */
export const rename: Service = async (command, host) => {
  const [source, target] = command.keys;
  const gathering = new Gathering(command, host.ownerOf(target));
  const home = host.ownerOf(source).lease();
  try {
    gathering.add(source, home);
    await step(home, 'WATCH', source);
    const arrivals = await gathering.invite((guest) => guest.inviteUntilItsEnd(true));
    const reply = await gathering.compute(arrivals);
    const isRefused = reply[0] === COLON && integerOf(reply) === 0;
    const removal = isRefused ? [] : [encodeCommand('DEL', source)];
    return (await together(home, removal)) === null && !isRefused ? changedMeanwhile : reply;
  } catch (error) {
    home.close();
    throw error;
  } finally {
    home.release();
  }
};
