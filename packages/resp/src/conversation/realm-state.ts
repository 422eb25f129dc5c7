import type { ChannelPlacement, RealmLimits, RealmOptions, RealmPeers } from '@shardmux/plugin-api';
import { Access } from '../access/access.js';
import { Pause } from './clients/pause.js';
import { Cluster } from './cluster/cluster.js';
import { Scripts } from './scripts/scripts.js';
import { Vocabulary } from './vocabulary/vocabulary.js';

/** What the conversations of one pool have in common. */
export class RealmState<Client = unknown> {
  readonly access: Access;
  /** Bytes of a transaction; 0 where the client is to have none. */
  readonly maxRunBytes: number;
  readonly subscribes: boolean;
  readonly channels: ChannelPlacement;
  readonly limits: RealmLimits | null;
  readonly peers: RealmPeers | null;
  /** `null` where the pool is to be seen as one server. */
  readonly cluster: Cluster | null;
  /** `null` where commands that the table does not have are refused. */
  readonly vocabulary: Vocabulary | null;
  readonly scripts = new Scripts();
  /** While commands of all conversations wait. */
  pause: Pause | null = null;
  /** How often something changed that conversations depend on. */
  changes = 0;
  /** By their id, in the order in which they came. */
  readonly conversations = new Map<number, Client>();
  /** Reads the users anew; `null` where a client cannot have it done. */
  readonly reload: (() => void) | null;

  /** @throws {AclError} for rules that are wrong, and for denied commands that do not exist. */
  constructor(options: RealmOptions) {
    this.access = new Access(options);
    this.maxRunBytes = options.maxRunBytes ?? 0;
    this.subscribes = options.subscribes ?? false;
    this.channels = options.channels ?? 'hashed';
    this.limits = options.limits ?? null;
    this.peers = options.peers ?? null;
    this.cluster = options.cluster ? new Cluster(options.cluster) : null;
    this.vocabulary = options.learns ? new Vocabulary() : null;
    this.reload = options.reload ?? null;
  }

  /** One that is there already lasts as long as the longer, and stops what either stops. @param until by `performance.now`. */
  pauseUntil(until: number, writesOnly: boolean): void {
    const { pause } = this;
    this.changes++;
    if (pause === null) this.pause = new Pause(until, writesOnly, () => this.resume());
    else pause.extend(until, writesOnly);
  }

  resume(): void {
    const { pause } = this;
    this.pause = null;
    this.changes++;
    pause?.end();
  }
}
