import { type Errand, FailureError, ReplyClass } from '@shardmux/plugin-api';
import type { Request } from '../request/request.js';
import { ErrandLinks } from './errand-links.js';
import type { ErrandPool } from './errand-pool.js';
import type { ErrandSender } from './errand-sender.js';
import { Host } from './host.js';

/**
 * The errands of one session.
 *
 *   begin ──► waits until all before it is answered ──► runs ──► its reply
 *             └──────── the session holds everything back ─────┘
 *                       (beside one that blocks, it may go on)
 */
export class Errands {
  readonly #session: ErrandSender;
  readonly #pool: ErrandPool;
  readonly #links: ErrandLinks;
  #next: { readonly request: Request; readonly errand: Errand } | null = null;
  #blocked = 0;

  constructor(session: ErrandSender, pool: ErrandPool) {
    this.#session = session;
    this.#pool = pool;
    this.#links = new ErrandLinks(session, pool);
  }

  /** One at least waits for other clients. */
  get isBlocked(): boolean {
    return this.#blocked > 0;
  }

  /** The session must be ready, and is to hold everything back from here on. */
  begin(request: Request, errand: Errand): void {
    request.holders++;
    this.#next = { request, errand };
    if (this.#session.isAtRest) this.start();
  }

  /** All that the session sent is answered. */
  start(): void {
    if (this.#next === null) return;
    const { request, errand } = this.#next;
    this.#next = null;
    this.#session.adopt();
    void this.#run(request, errand);
  }

  async #run(request: Request, errand: Errand): Promise<void> {
    const session = this.#session;
    const ending = this.#replyTo(request, errand);
    const goesOn = errand.blocks && !session.isSerial;
    if (goesOn) session.release();
    if (errand.blocks) this.#blocked++;
    await ending;
    if (errand.blocks) this.#blocked--;
    if (!goesOn) session.release();
  }

  async #replyTo(request: Request, errand: Errand): Promise<void> {
    try {
      const reply = await errand.run(new Host(this.#links, this.#session, this.#pool, errand.spec));
      if (!request.answered) request.owner?.settle(request, reply, 0, reply.length, ReplyClass.ok);
    } catch (error) {
      if (!request.answered) request.owner?.fail(request, this.#failureOf(error, errand));
    } finally {
      this.#pool.engine.requests.release(request);
    }
  }

  #failureOf(error: unknown, { spec }: Errand): FailureError['failure'] {
    if (error instanceof FailureError) return error.failure;
    this.#pool.logger.error(`${spec.name} could not be served: ${String(error)}`);
    return 'broken';
  }

  /** The session is over: connections of its own are closed. */
  end(): void {
    this.#links.close();
  }
}
