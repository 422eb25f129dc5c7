import type { DistributionNode } from '@shardmux/plugin-api';
import type { Logger } from '../logger.js';
import { type RouteRule, RouteTable } from './route-table.js';

/** Makes the route tables of one pool. */
export class RouteCompiler {
  readonly #pool: string;
  readonly #rule: RouteRule;
  readonly #logger: Logger;
  #faultReported = false;

  constructor(pool: string, rule: RouteRule, logger: Logger) {
    this.#pool = pool;
    this.#rule = rule;
    this.#logger = logger;
  }

  /** Which plugins lead keys to servers, for errors. */
  get plugins(): string {
    return this.#rule.plugins ?? 'its hash or its distribution';
  }

  /**
   * `null` where there are no nodes.
   * @throws what the distribution throws for nodes that contradict each other.
   */
  compile<Node>(nodes: readonly Node[], descriptions: readonly DistributionNode[]): RouteTable<Node> | null {
    const onFault = (fault: unknown) => this.#reportFault(fault);
    return nodes.length === 0 ? null : new RouteTable(nodes, descriptions, this.#rule, onFault);
  }

  /** The process serves on: keys that the plugin finds a node for are none the worse. */
  #reportFault(fault: unknown): void {
    if (this.#faultReported) return;
    this.#faultReported = true;
    this.#logger.error(`pool ${this.#pool}: one of its plugins is broken, ${this.plugins}: ${String(fault)}`);
  }
}
