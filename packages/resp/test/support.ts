import type {
  Conversation,
  ConversationClient,
  DecodedCommand,
  DecoderLimits,
  RealmOptions,
} from '@shardmux/plugin-api';
import { DecodeStatus } from '@shardmux/plugin-api';
import type { RespConversation } from '../src/conversation/conversation.js';
import { RespRealm } from '../src/conversation/realm.js';
import { RespRequestDecoder } from '../src/request/decoder.js';

/** The limits of redis-server. */
export const limits: DecoderLimits = {
  maxArguments: 1_048_576,
  maxBulkLength: 536_870_912,
  maxInlineLength: 65_536,
  maxKeyLength: 536_870_912,
};

const nobody = new Uint8Array();

/** A conversation that only says whether it is open. */
export function conversationThatIs(open: boolean): Conversation {
  const end = () => {};
  return { open, closing: false, intercepts: !open, muted: false, links: null, answer: () => nobody, end };
}

/** A client that hears nothing but answers. */
export const silentClient: ConversationClient = {
  remote: 'nowhere',
  local: 'here',
  age: 0,
  idle: 0,
  mayWait: false,
  lastCommand: null,
  hears: true,
  connectionFor: () => null,
  push: () => {},
  destroy: () => {},
};

export function conversationOf(options: RealmOptions): RespConversation {
  return new RespRealm(options).createConversation(silentClient);
}

/** @throws when the bytes are not one whole command. */
export function decodeOne(bytes: Uint8Array): RespRequestDecoder {
  const decoder = new RespRequestDecoder(limits, conversationThatIs(true));
  const status = decoder.decode(bytes, 0, bytes.length);
  if (status !== DecodeStatus.command || decoder.consumed !== bytes.length) {
    throw new Error(`not one command: ${Buffer.from(bytes).toString('latin1')}`);
  }
  return decoder;
}

export function argumentsOf(command: DecodedCommand): string[] {
  return Array.from({ length: command.argCount }, (_, i) =>
    text(command.bytes, command.argStart(i), command.argEnd(i)),
  );
}

export function keysOf(command: DecodedCommand): string[] {
  return Array.from({ length: command.keyCount }, (_, i) =>
    text(command.bytes, command.keyStart(i), command.keyEnd(i)),
  );
}

export function text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1');
}
