import { DecodeStatus } from '@shardmux/plugin-api';
import { connectRaw, type RedisServer } from '@shardmux/testing';
import { RespRequestDecoder } from '../src/request/decoder.js';
import { conversationOf, limits, text } from './support.js';

/** All that this package answers to a client that sends these bytes; forwarded commands have no answer. */
export function answersByCodec(bytes: Buffer, password: string | null = null): string {
  const conversation = conversationOf({ password });
  const decoder = new RespRequestDecoder(limits, conversation);
  let answers = '';
  for (let at = 0; at < bytes.length && !conversation.closing; at = decoder.consumed) {
    const status = decoder.decode(bytes, at, bytes.length);
    if (status === DecodeStatus.incomplete) break;
    if (status === DecodeStatus.malformed) return answers + text(decoder.malformedReply);
    if (status === DecodeStatus.command) answers += text(conversation.answer(decoder) as Uint8Array);
  }
  return answers;
}

/** All that redis-server answers to a client that sends these bytes and then no more. */
export async function answersByServer(server: RedisServer, bytes: Buffer): Promise<string> {
  const client = await connectRaw(server.endpoint);
  client.socket.end(bytes);
  await client.closed;
  return text(client.unread);
}
