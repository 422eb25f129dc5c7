import { type CommandSpec, type Endpoint, ReplyClass } from '@shardmux/plugin-api';
import { Question } from '../request/question.js';
import type { Sender } from '../request/sender.js';
import { SERVER_FIELDS } from '../stats/counters.js';
import { Link } from './link.js';
import type { LinkClass } from './link-class.js';
import type { LinkObserver } from './link-observer.js';

const QUESTION: CommandSpec = { name: 'question', readonly: true };

/**
 * A connection to a server beside those of clients: no client waits for what is asked here. Each question may open it
 * anew; one that is not answered in time closes it.
 */
export class SideLink implements Sender, LinkObserver {
  readonly name = QUESTION.name;
  readonly ordinal = 0;
  readonly isSuspended = false;
  readonly number = 0;
  readonly linkClass = 0;
  lastLostWrite = 0;
  readonly #class: LinkClass;
  readonly #link: Link;

  constructor(linkClass: LinkClass, endpoint: Endpoint) {
    this.#class = linkClass;
    const own: LinkClass = {
      ...linkClass,
      // Whoever asks sets the pace.
      backoff: () => 0,
      offline: null,
      redispatch: null,
      retryReads: false,
      reopens: false,
    };
    this.#link = new Link(own, endpoint, this, new Float64Array(SERVER_FIELDS.length));
  }

  /**
   * @param replies how many answer the request; the promise is that of the last.
   * @param patience ms until silence counts as an answer.
   * @throws {FailureError} `timeout` where it was silent.
   */
  ask(request: Uint8Array, replies: number, patience: number): Promise<Uint8Array> {
    return this.#put(request, replies, patience).reply;
  }

  /** Whether the server says that it serves. */
  async isHealthy(patience: number): Promise<boolean> {
    const question = this.#put(this.#class.codec.probe, 1, patience);
    try {
      await question.reply;
    } catch {
      return false;
    }
    return question.replyClass === ReplyClass.ok;
  }

  #put(request: Uint8Array, replies: number, patience: number): Question {
    const question = new Question(this.#class.engine.requests, this, QUESTION, replies);
    const timer = setTimeout(() => {
      question.expire();
      this.close();
    }, patience);
    const isOver = () => clearTimeout(timer);
    question.reply.then(isOver, isOver);
    this.#link.send(question.request, request, 0, request.length);
    return question;
  }

  /** What is not answered fails. */
  close(): void {
    this.#link.close();
  }

  sent(): void {}
  returned(): void {}
  wake(): void {}
  connected(): void {}
  answered(): void {}
  unasked(): boolean {
    return false;
  }
  timedOut(): void {}
  disconnected(): void {}
}
