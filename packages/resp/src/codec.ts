import type { Codec, Conversation, ConversationOptions, DecoderLimits } from '@shardmux/plugin-api';
import { RespConversation } from './conversation/conversation.js';
import { failureReply } from './errors.js';
import { RespMerger } from './fragments/merger.js';
import { RespSplitter } from './fragments/splitter.js';
import { handshake, probe } from './handshake.js';
import { RespReplyFramer } from './reply/framer.js';
import { RespRequestDecoder } from './request/decoder.js';

/** How many conversations there have been: HELLO tells a client which one it is. */
let conversations = 0;

/** RESP2, as Redis 7 speaks it. */
export const respCodec: Codec = {
  createDecoder: (limits: DecoderLimits, conversation: Conversation) =>
    new RespRequestDecoder(limits, conversation),
  createFramer: () => new RespReplyFramer(),
  createConversation: (options: ConversationOptions) => new RespConversation(options, ++conversations),
  splitter: new RespSplitter(),
  merger: new RespMerger(),
  handshake,
  probe,
  failureReply,
};
