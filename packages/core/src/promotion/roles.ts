import { type CoordinationEntry, type CoordinationStore, ShardmuxError } from '@shardmux/plugin-api';
import { Turns } from './turns.js';

/** What was decided of one shard. */
export interface Role {
  /** The address of its primary. */
  readonly primary: string;
  /** How many decisions there were, this one included. */
  readonly term: number;
}

type Document = Readonly<Record<string, Role>>;

export interface RolesListener {
  /** Some shard has another primary than was known, or they can be read again. */
  changed(): void;
  /** They cannot be read; those that are known stay. Told once until they can. */
  failed(error: Error): void;
}

/**
 * The primaries of the shards of one pool that were ever promoted, as they stand in the coordination store: one
 * document, so that a decision is one compare-and-set.
 *
 *   {"shard0":{"primary":"10.0.0.2:6379","term":1}}
 */
export class Roles {
  readonly #store: CoordinationStore;
  readonly #key: string;
  readonly #listener: RolesListener;
  #entry: CoordinationEntry | null = null;
  #roles: Document = {};
  readonly #turns = new Turns();
  #fault = '';

  constructor(store: CoordinationStore, key: string, listener: RolesListener) {
    this.#store = store;
    this.#key = key;
    this.#listener = listener;
  }

  /** @throws {ShardmuxError} where the store is away, or what stands there is no such document. */
  async start(): Promise<void> {
    const entry = await this.#store.get(this.#key).catch((cause: ShardmuxError) => {
      const what = `which servers lead stands under "${this.#key}" in the coordination store`;
      throw new ShardmuxError(cause.code, `${what}, and has to be known first: ${cause.message}`, { cause });
    });
    this.#adopt(entry);
    this.#store.watch(this.#key, () => void this.read());
  }

  of(shard: string): Role | undefined {
    return this.#roles[shard];
  }

  /** No shard ever had one. */
  get isEmpty(): boolean {
    return this.#entry === null;
  }

  /** Whether they are known as they stand at some moment after the call, when it resolves. */
  async read(): Promise<boolean> {
    try {
      await this.#turns.look(() => this.#get());
    } catch (error) {
      this.#failed(error as Error);
      return false;
    }
    if (this.#fault !== '') this.#recovered();
    return true;
  }

  /**
   * @param before what the decision replaces.
   * @returns whether it was decided so; false: another decision came first, or the store is away.
   */
  async decide(shard: string, primary: string, before: Role | undefined): Promise<boolean> {
    try {
      return await this.#turns.take(() => this.#set(shard, primary, before));
    } catch (error) {
      this.#failed(error as Error);
      return false;
    }
  }

  async #set(shard: string, primary: string, before: Role | undefined): Promise<boolean> {
    const { term = 0 } = this.of(shard) ?? {};
    if (term !== (before?.term ?? 0)) return false;
    const value = JSON.stringify({ ...this.#roles, [shard]: { primary, term: term + 1 } });
    const version = await this.#store.compareAndSet(this.#key, this.#entry?.version ?? null, value);
    if (version !== null) this.#adopt({ value, version });
    return version !== null;
  }

  async #get(): Promise<void> {
    this.#adopt(await this.#store.get(this.#key));
  }

  #adopt(entry: CoordinationEntry | null): void {
    if (entry?.version === this.#entry?.version) return;
    this.#roles = entry === null ? {} : parse(entry.value, this.#key);
    this.#entry = entry;
    this.#listener.changed();
  }

  #recovered(): void {
    this.#fault = '';
    this.#listener.changed();
  }

  #failed(error: Error): void {
    if (error.message === this.#fault) return;
    this.#fault = error.message;
    this.#listener.failed(error);
  }
}

/** @throws {ShardmuxError} `SHARDMUX_ROLES`. */
function parse(text: string, key: string): Document {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = null;
  }
  if (isDocument(document)) return document;
  throw new ShardmuxError(
    'SHARDMUX_ROLES',
    `"${key}" in the coordination store tells no primaries: restore it, or delete it where the servers are as configured`,
  );
}

function isDocument(value: unknown): value is Document {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isRole)
  );
}

function isRole(value: unknown): value is Role {
  const { primary, term }: Partial<Record<keyof Role, unknown>> = Object(value);
  return typeof primary === 'string' && typeof term === 'number';
}
