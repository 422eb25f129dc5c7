import {
  type CommandSpec,
  type DecodedCommand,
  type ErrandHost,
  type ErrandNode,
  FailureError,
  type LinkState,
  type PrivateLink,
  type Run,
  type Subscriptions,
} from '@shardmux/plugin-api';
import type { ServerNode } from '../dispatch/server-node.js';
import { Question } from '../request/question.js';
import type { ErrandLinks } from './errand-links.js';
import type { ErrandPool } from './errand-pool.js';
import type { ErrandSender } from './errand-sender.js';

/** What one errand may do: what its session may, on that one's links and on links of its own. */
export class Host implements ErrandHost {
  readonly #links: ErrandLinks;
  readonly #session: ErrandSender;
  readonly #pool: ErrandPool;
  readonly #spec: CommandSpec;

  /** @param spec of the errand: what it asks a server is as much of a write as it is. */
  constructor(links: ErrandLinks, session: ErrandSender, pool: ErrandPool, spec: CommandSpec) {
    this.#links = links;
    this.#session = session;
    this.#pool = pool;
    this.#spec = spec;
  }

  get nodes(): readonly ErrandNode[] {
    return (this.#pool.table?.nodes ?? []).map((server) => this.#accessTo(server));
  }

  get written(): readonly ErrandNode[] {
    return this.#session.written.map((server) => this.#accessTo(server));
  }

  ownerOf(key: Uint8Array): ErrandNode {
    const { table } = this.#pool;
    if (table === null) throw new FailureError('refused');
    const index = table.locate(key, 0, key.length);
    if (index < 0) throw new FailureError('misrouted');
    return this.#accessTo(table.nodes[index]);
  }

  useLinks(state: LinkState | null): void {
    this.#links.use(state);
  }

  get subscriptions(): Subscriptions {
    if (this.#session.isEnded) throw new FailureError('closed');
    const { subscriptions } = this.#pool;
    if (subscriptions === null) throw new FailureError('broken');
    return subscriptions;
  }

  dispatch(command: DecodedCommand): Promise<Uint8Array> {
    const question = new Question(this.#pool.engine.requests, this.#session, command.spec);
    this.#session.dispatch(question.request, command);
    return question.reply;
  }

  dispatchRun(run: Run): Promise<Uint8Array> {
    const question = new Question(this.#pool.engine.requests, this.#session, run.spec);
    this.#session.dispatchRun(question.request, run);
    return question.reply;
  }

  doubt(): Promise<boolean> {
    return this.#pool.doubt();
  }

  #accessTo(server: ServerNode): ErrandNode {
    return {
      name: server.name,
      ask: (request, replies) => this.#ask(server, request, replies),
      lease: () => this.#lease(server),
    };
  }

  #ask(server: ServerNode, bytes: Uint8Array, replies?: number): Promise<Uint8Array> {
    const question = new Question(this.#pool.engine.requests, this.#session, this.#spec, replies);
    this.#session.forward(question.request, { bytes, start: 0, end: bytes.length }, server);
    return question.reply;
  }

  #lease(server: ServerNode): PrivateLink {
    const link = this.#links.lease(server);
    if (!this.#spec.readonly) this.#session.writesTo(server);
    return link;
  }
}
