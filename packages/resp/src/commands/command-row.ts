/** A command as redis-server describes it. */
export interface CommandRow {
  /** Lower case; of a subcommand with its container's name: `xgroup|create`. */
  readonly name: string;
  /** The count of arguments, the name included; negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** The ACL categories, without the `@`. */
  readonly categories: readonly string[];
  /** What the server says of the command beside its flags: `request_policy:all_shards`, `nondeterministic_output`. */
  readonly tips: readonly string[];
  /** Where the keys stand; `null` for keys that no position tells. */
  readonly keys: readonly (KeySpec | null)[];
  readonly subcommands: readonly CommandRow[];
}

/** Positions count from the command's name, which is 0. */
export type KeySpec = (KeyRange | CountedKeys) & { readonly access: KeyAccess };

/**
 * What a user must be allowed to do with keys to run the command: some commands tell whether there is a key and not
 * what it holds (`none`). A `channel` is routed as a key is, and is none.
 */
export type KeyAccess = 'none' | 'read' | 'write' | 'readWrite' | 'channel';

/** `first`, `first + step`, … up to `last`, which counts from the end when it is negative. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** As many keys as the argument at `countAt` says. */
export interface CountedKeys {
  readonly countAt: number;
  readonly first: number;
  readonly step: number;
}
