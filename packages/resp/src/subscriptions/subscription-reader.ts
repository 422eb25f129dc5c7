import { SubscriptionFrame, SubscriptionKind, type SubscriptionReader } from '@shardmux/plugin-api';
import { DOLLAR, MINUS } from '../ascii.js';
import { LengthLine } from '../length-line.js';

const LETTER_P = 0x70;

/** Of `message`, of `subscribe`: of those of other kinds it is longer by one. */
const MESSAGE = 7;
const SUBSCRIBE = 9;

/**
 *   *3 │ $7 message   │ $4 news  │ …       *3 │ $9 subscribe │ $4 news │ :1
 *   *4 │ $8 pmessage  │ $2 n*    │ …       *2 │ $4 pong │ $0
 *        └ its length and its first letter say what it is
 */
export class RespSubscriptionReader implements SubscriptionReader {
  kind: SubscriptionKind = SubscriptionKind.channel;
  nameStart = 0;
  nameEnd = 0;
  readonly #line = new LengthLine();

  read(bytes: Uint8Array, start: number, end: number): SubscriptionFrame {
    if (bytes[start] === MINUS) return SubscriptionFrame.refusal;
    const line = this.#line;
    line.read(bytes, start + 1, end);
    if (bytes[line.next] !== DOLLAR) return SubscriptionFrame.other;
    const length = line.read(bytes, line.next + 1, end);
    const word = line.next;
    if (length < MESSAGE || bytes[word + length + 2] !== DOLLAR) return SubscriptionFrame.other;
    const nameLength = line.read(bytes, word + length + 3, end);
    this.nameStart = line.next;
    this.nameEnd = line.next + Math.max(nameLength, 0);
    this.kind = kindOf(length, bytes[word]);
    return length < SUBSCRIBE ? SubscriptionFrame.message : SubscriptionFrame.confirmation;
  }
}

function kindOf(length: number, first: number): SubscriptionKind {
  if (length % 2 === 1) return SubscriptionKind.channel;
  return first === LETTER_P ? SubscriptionKind.pattern : SubscriptionKind.shardChannel;
}
