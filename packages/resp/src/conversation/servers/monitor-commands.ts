import { errand } from '../errand.js';
import type { LocalCommands } from '../local-command.js';
import { rejection } from '../rejection.js';
import { ok } from '../replies.js';
import { Monitor } from './monitor.js';

/** Redis-server does not answer one that monitors already. */
const silence = new Uint8Array(0);

export const monitorCommands: LocalCommands = {
  monitor(conversation, command) {
    if (!conversation.client.hears) return rejection(command);
    if (conversation.monitor !== null) return silence;
    return errand(command.spec, async (host) => {
      const monitor = new Monitor(conversation.client);
      const error = await monitor.start(host.nodes);
      if (error === null) conversation.monitor = monitor;
      return error ?? ok;
    });
  },
};
