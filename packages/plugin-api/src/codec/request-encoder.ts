/** An argument of a command as an application gives it; a text is sent as UTF-8, a number as its decimal form. */
export type Argument = string | number | Uint8Array;

/** Writes an application's commands in the form that the codec's decoder reads. Keeps nothing between calls. */
export interface RequestEncoder {
  /** An upper bound of the whole length, in bytes. */
  bound(name: string, args: readonly Argument[]): number;
  /** Writes the command at `at`, and returns the offset after it. */
  write(name: string, args: readonly Argument[], out: Buffer, at: number): number;
}
