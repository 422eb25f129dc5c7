import { CoordinationError } from '@shardmux/plugin-api';
import type { JuteReader } from './jute.js';
import type { Paths } from './paths.js';
import { Fault, type Request, readStat, requests, type Stat, ZooKeeperError } from './protocol.js';
import type { Session } from './session.js';

export interface Node {
  /** Empty where it was deleted: see `ZooKeeperStore`. */
  readonly value: string;
  readonly stat: Stat;
}

/** The nodes of keys, read and written in one session. */
export class Nodes {
  readonly session: Session;
  readonly #paths: Paths;
  readonly #isOwn: boolean;

  /** @param isOwn whether nobody but who logged in may touch what is created. */
  constructor(session: Session, paths: Paths, isOwn: boolean) {
    this.session = session;
    this.#paths = paths;
    this.#isOwn = isOwn;
  }

  /** The keys of all nodes. */
  async keys(): Promise<string[]> {
    const reader = await this.#call(requests.getChildren(this.#paths.parent, false), true, [Fault.noNode]);
    return reader === null ? [] : reader.texts().map((name) => this.#paths.keyOf(name));
  }

  async read(key: string): Promise<Node | null> {
    const reader = await this.#call(requests.getData(this.#paths.of(key)), true, [Fault.noNode]);
    return reader && { value: reader.text(), stat: readStat(reader) };
  }

  /** What is read next is what the last write before this call left. */
  async sync(): Promise<void> {
    await this.#call(requests.sync(this.#paths.parent), true, []);
  }

  /** @returns `null` where it is there. */
  async create(key: string, value: string, isEphemeral: boolean): Promise<Stat | null> {
    const request = requests.create(this.#paths.of(key), value, isEphemeral, this.#isOwn);
    try {
      const reader = await this.#call(request, false, [Fault.nodeExists]);
      reader?.text();
      return reader && readStat(reader);
    } catch (error) {
      if (!(error instanceof CoordinationError) || !isFault(error.cause, [Fault.noNode])) throw error;
    }
    await this.#createParent();
    return this.create(key, value, isEphemeral);
  }

  /** @returns `null` where it is not there, or has another version. */
  async set(key: string, value: string, version: number): Promise<Stat | null> {
    const request = requests.setData(this.#paths.of(key), value, version);
    const reader = await this.#call(request, false, [Fault.noNode, Fault.badVersion]);
    return reader && readStat(reader);
  }

  async delete(key: string): Promise<void> {
    await this.#call(requests.delete(this.#paths.of(key)), true, [Fault.noNode]);
  }

  /** Those who come next, whoever they are, have to find what is above them. */
  async #createParent(): Promise<void> {
    for (const path of this.#paths.ancestors) {
      await this.#call(requests.create(path, '', false, false), true, [Fault.nodeExists]);
    }
  }

  /**
   * @param expected the faults that `null` stands for.
   * @throws {CoordinationError}
   */
  async #call(
    request: Request,
    isRepeatable: boolean,
    expected: readonly number[],
  ): Promise<JuteReader | null> {
    try {
      return await this.session.call(request, isRepeatable);
    } catch (cause) {
      if (isFault(cause, expected)) return null;
      if (cause instanceof CoordinationError) throw cause;
      throw new CoordinationError('REFUSED', `ZooKeeper refuses: ${(cause as Error).message}`, { cause });
    }
  }
}

function isFault(error: unknown, faults: readonly number[]): boolean {
  return error instanceof ZooKeeperError && faults.includes(error.fault);
}
