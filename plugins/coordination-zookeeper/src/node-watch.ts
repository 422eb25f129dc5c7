import { Backoff } from '@shardmux/plugin-coordination-embedded';
import type { Paths } from './paths.js';
import { Fault, requests, ZooKeeperError } from './protocol.js';
import type { Session } from './session.js';

/**
 * One watch on the keys of a prefix. What ZooKeeper watches fires once and ends with the connection, so it is set anew
 * each time, and `changed` is called only then: whoever reads thereupon misses nothing.
 *
 *   setting ──all set──► set, changed ──event, connected──► setting
 *      └──── cannot ──► setting, after a while
 */
export class NodeWatch {
  readonly #session: Session;
  readonly #paths: Paths;
  readonly #prefix: string;
  readonly #changed: () => void;
  readonly #backoff = new Backoff();
  #watched = new Set<string>();
  #isSetting = false;
  #isStale = false;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: Session, paths: Paths, prefix: string, changed: () => void) {
    this.#session = session;
    this.#paths = paths;
    this.#prefix = prefix;
    this.#changed = changed;
    void this.set();
  }

  /** May be called twice. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  /** A watch on the path has fired. */
  event(path: string): void {
    if (this.#watched.has(path)) void this.set();
  }

  async set(): Promise<void> {
    this.#isStale = true;
    clearTimeout(this.#timer);
    if (this.#isSetting) return;
    this.#isSetting = true;
    try {
      // What fires meanwhile may have been set before.
      while (this.#isStale && !this.#isEnded) {
        this.#isStale = false;
        await this.#setAll();
      }
      this.#backoff.reset();
      if (!this.#isEnded) this.#changed();
    } catch {
      // When it is connected again it is set anew; where it may not, perhaps later.
      if (!this.#isEnded) this.#timer = setTimeout(() => this.set(), this.#backoff.next());
    } finally {
      this.#isSetting = false;
    }
  }

  async #setAll(): Promise<void> {
    this.#watched = new Set();
    const paths = (await this.#children())
      .map((name) => this.#paths.keyOf(name))
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => this.#paths.of(key));
    // The parent may be there and hidden, where the node itself is not.
    if (this.#prefix !== '') paths.push(this.#paths.of(this.#prefix));
    await Promise.all(paths.map((path) => this.#watchNode(path)));
  }

  async #children(): Promise<string[]> {
    const { parent } = this.#paths;
    try {
      this.#watched.add(parent);
      return (await this.#session.call(requests.getChildren(parent, true), true)).texts();
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      if (error.fault === Fault.noNode) await this.#watchNode(parent);
      else if (error.fault !== Fault.noRight) throw error;
      return [];
    }
  }

  /** It need not be there. */
  async #watchNode(path: string): Promise<void> {
    this.#watched.add(path);
    try {
      await this.#session.call(requests.exists(path, true), true);
    } catch (error) {
      if (!(error instanceof ZooKeeperError) || error.fault !== Fault.noNode) throw error;
    }
  }
}
