import type { Codec } from '@shardmux/plugin-api';
import type { RespCommandSpec } from './commands/command-spec.js';
import { RespRealm } from './conversation/realm.js';
import { failureReply } from './errors.js';
import { RespMerger } from './fragments/merger.js';
import { RespSplitter } from './fragments/splitter.js';
import { gather } from './gather/gather.js';
import { handshake, probe } from './handshake.js';
import { respReplication } from './replication.js';
import { errorCode } from './reply/error-code.js';
import { RespReplyFramer } from './reply/framer.js';
import { RespReplyReader } from './reply/reader.js';
import { respRedirects } from './reply/redirects.js';
import { RespRequestDecoder } from './request/decoder.js';
import { RespRequestEncoder } from './request/encoder.js';
import type { RespCommand } from './request/resp-command.js';
import { respSubscriptions } from './subscriptions/subscription-codec.js';

/** RESP2 and RESP3, as Redis 7 speaks them. */
export const respCodec: Codec<RespCommandSpec, RespCommand> = {
  createDecoder: (limits, conversation) => new RespRequestDecoder(limits, conversation),
  createFramer: () => new RespReplyFramer(),
  createRealm: (options) => new RespRealm(options),
  splitter: new RespSplitter(),
  merger: new RespMerger(),
  gather,
  encoder: new RespRequestEncoder(),
  createReader: () => new RespReplyReader(),
  redirects: respRedirects,
  replication: respReplication,
  subscriptions: respSubscriptions,
  errorCode,
  handshake,
  probe,
  failureReply,
};
