import { type Errand, FailureError, type LinkState, ReplyClass } from '@shardmux/plugin-api';
import type { LeasedLink } from '../dispatch/private-link.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Request } from '../request/request.js';
import type { Destination } from '../session/destination.js';
import type { Session } from '../session/session.js';
import { Host } from './host.js';

/**
 * The errands of one session.
 *
 *   begin ──► waits until all before it is answered ──► runs ──► its reply
 *             └──────── the session holds everything back ─────┘
 *                       (beside one that blocks, it may go on)
 */
export class Errands {
  readonly #session: Session;
  readonly #destination: Destination;
  readonly #leased = new Set<LeasedLink>();
  #next: { readonly request: Request; readonly errand: Errand } | null = null;
  #blocked = 0;
  /** How many links of its own the session may have. */
  #reserved = 0;

  constructor(session: Session, destination: Destination) {
    this.#session = session;
    this.#destination = destination;
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
      const reply = await errand.run(new Host(this, this.#session, this.#destination, errand.spec));
      if (!request.answered) request.owner?.settle(request, reply, 0, reply.length, ReplyClass.ok);
    } catch (error) {
      if (!request.answered) request.owner?.fail(request, this.#failureOf(error, errand));
    } finally {
      this.#destination.engine.requests.release(request);
    }
  }

  #failureOf(error: unknown, { spec }: Errand): FailureError['failure'] {
    if (error instanceof FailureError) return error.failure;
    this.#destination.logger.error(`${spec.name} could not be served: ${String(error)}`);
    return 'broken';
  }

  /** The session is over: connections of its own are closed, and what waits on them fails. */
  end(): void {
    for (const link of this.#leased) link.close();
    this.#destination.privateLinks.reserve(-this.#reserved);
    this.#reserved = 0;
  }

  /** The session's links from here on; those that it has for itself count as private ones. */
  useLinks(state: LinkState | null): void {
    const { table, privateLinks } = this.#destination;
    const count = state?.own === undefined ? 0 : (table?.nodes.length ?? 0);
    privateLinks.reserve(count - this.#reserved);
    this.#reserved = count;
    this.#session.useLinks(state);
    this.#session.adopt();
  }

  lease(server: ServerNode): LeasedLink {
    if (this.#session.isEnded) throw new FailureError('closed');
    const link = this.#destination.privateLinks.lease(server, this.#session.linkClass);
    this.#leased.add(link);
    this.#session.mayWriteTo(server.ordinal);
    link.onReturned = () => {
      this.#leased.delete(link);
      this.#session.wroteTo(server.ordinal);
    };
    return link;
  }
}
