import { API_VERSION, definePlugin, type FailoverPolicy, type Plugin } from '@shardmux/plugin-api';
import { type Options, optionsSchema } from './options.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Probes a node that goes on failing less and less often. Put yours in its place. */
function patience({ failures }: Options): FailoverPolicy {
  return {
    failed({ consecutive }) {
      if (consecutive < failures) return { action: 'keep' };
      const wait = FIRST_WAIT * 2 ** (consecutive - failures);
      return { action: 'eject', probeAfter: Math.min(wait, LONGEST_WAIT) };
    },
  };
}

export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'failover',
    name: 'my-thing',
    apiVersion: API_VERSION,
    optionsSchema,
    create: patience,
  }),
];
