import type { ClusterView, ShardView } from './cluster-view.js';

/**
 * Shards keep their names while their servers take turns as primary: a shard is called by the id of the primary that
 * it had when it was first seen.
 */
export class ShardNames {
  /** Of the last view: the shard of each server, and which of them were primaries. */
  #names = new Map<string, string>();
  #primaries = new Set<string>();

  /** The names of a view's shards, in their order. */
  name({ shards }: ClusterView): readonly string[] {
    const taken = new Set<string>();
    const named = new Map<ShardView, string>();
    for (const shard of this.#byClaim(shards)) {
      const { id } = shard.primary;
      let name = [this.#names.get(id) ?? id, id].find((each) => !taken.has(each)) ?? id;
      // A server that left a shard may have left its id behind, as that one's name.
      while (taken.has(name)) name += '+';
      taken.add(name);
      named.set(shard, name);
    }
    this.#primaries = new Set(shards.map(({ primary }) => primary.id));
    this.#names = new Map(
      // A primary without slots may be about to copy another one, whose name is its own then.
      [...named].flatMap(([{ slots, primary, replicas }, name]) =>
        (slots.length > 0 ? [primary, ...replicas] : []).map(({ id }): [string, string] => [id, name]),
      ),
    );
    return shards.map((shard) => named.get(shard) as string);
  }

  /** Whoever led a shard keeps its name; then comes who was its replica, who was unknown, and last who has lost its slots. */
  #byClaim(shards: readonly ShardView[]): ShardView[] {
    const claim = ({ slots, primary: { id } }: ShardView) => {
      if (slots.length === 0) return 3;
      if (!this.#names.has(id)) return 2;
      return this.#primaries.has(id) ? 0 : 1;
    };
    return [...shards].sort((one, other) => claim(one) - claim(other));
  }
}
