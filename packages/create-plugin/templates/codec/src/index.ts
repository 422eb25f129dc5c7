import { API_VERSION, type Codec, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { respCodec } from '@shardmux/resp';

const FULL = Buffer.from('-ERR too many clients, please come back later\r\n');

/** The protocol of Redis, with an error of its own. Put another member in the place of any, or of all of them. */
const codec: Codec = {
  ...respCodec,
  failureReply: (failure) => (failure === 'maxClients' ? FULL : respCodec.failureReply(failure)),
};

export const plugins: readonly Plugin[] = [
  definePlugin({ kind: 'codec', name: 'my-thing', apiVersion: API_VERSION, create: () => codec }),
];
