import type { FailoverPolicy, NodeFailure } from '@shardmux/plugin-api';
import type { LinkClass } from '../dispatch/link-class.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Logger } from '../logger.js';
import { type HealthObserver, NodeHealth } from './node-health.js';

/** The health of all servers of one pool. Without a policy all are well. */
export class FleetHealth {
  readonly #policy: FailoverPolicy | null;
  readonly #linkClass: LinkClass;
  readonly #observer: HealthObserver;
  readonly #logger: Logger;
  readonly #all = new Map<ServerNode, NodeHealth>();

  constructor(policy: FailoverPolicy | null, linkClass: LinkClass, observer: HealthObserver, logger: Logger) {
    this.#policy = policy;
    this.#linkClass = linkClass;
    this.#observer = observer;
    this.#logger = logger;
  }

  /** Whether those that are out of service leave their keys to the others. */
  get rehashes(): boolean {
    return this.#policy?.rehashes ?? true;
  }

  /** These are the pool's servers from now on. */
  adopt(servers: readonly ServerNode[]): void {
    for (const [server, health] of this.#all) {
      if (servers.includes(server)) continue;
      health.stop();
      this.#all.delete(server);
    }
    if (this.#policy === null) return;
    for (const server of servers) {
      if (this.#all.has(server)) continue;
      this.#all.set(
        server,
        new NodeHealth(server, this.#linkClass, this.#policy, this.#observer, this.#logger),
      );
    }
  }

  isLive(server: ServerNode): boolean {
    return this.#all.get(server)?.isLive ?? true;
  }

  failed(server: ServerNode, failure: NodeFailure): void {
    this.#all.get(server)?.failed(failure);
  }

  /** Does as another process's verdict says. */
  follow(server: ServerNode, probeAfter: number | null): void {
    const health = this.#all.get(server);
    if (probeAfter === null) health?.restore();
    else health?.eject(probeAfter);
  }

  close(): void {
    for (const health of this.#all.values()) health.stop();
  }
}
