import type { PrivateLinks } from '../dispatch/private-links.js';
import type { ServerNode } from '../dispatch/server-node.js';
import type { Engine } from '../engine.js';
import type { Logger } from '../logger.js';
import type { RouteTable } from '../routing/route-table.js';
import type { SubscriptionHub } from '../subscriptions/hub.js';

/** What errands must know of a pool. */
export interface ErrandPool {
  /** In force just now; `null` where no node is in service. */
  readonly table: RouteTable<ServerNode> | null;
  readonly engine: Engine;
  readonly privateLinks: PrivateLinks;
  /** `null` where the codec has none. */
  readonly subscriptions: SubscriptionHub | null;
  readonly logger: Logger;
  /** As an errand's host has it. */
  doubt(): Promise<boolean>;
}
