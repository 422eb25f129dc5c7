import { errorReply } from '../error-reply.js';

/** What a client is told before its connection closes: the words of redis-server where it has some. */
function protocolError(text: string): Uint8Array {
  return errorReply(`ERR Protocol error: ${text}`);
}

export const ProtocolError = {
  argumentCount: protocolError('invalid multibulk length'),
  argumentCountBeforeAuth: protocolError('unauthenticated multibulk length'),
  bulkLength: protocolError('invalid bulk length'),
  bulkLengthBeforeAuth: protocolError('unauthenticated bulk length'),
  bulkEnd: protocolError('expected CRLF after a bulk'),
  commandTooLong: protocolError('too big command'),
  inlineTooLong: protocolError('too big inline request'),
  inlineNul: protocolError('NUL in inline request'),
  inlineQuotes: protocolError('unbalanced quotes in request'),
  crossProtocol: protocolError('this is an HTTP request'),
} as const;

export function expectedBulk(byte: number): Uint8Array {
  return protocolError(`expected '$', got '${String.fromCharCode(byte)}'`);
}
