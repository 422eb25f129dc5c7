/** What was read from files at the start, and can be read anew while it is in use. */
export interface Reloadable {
  /** Their paths. */
  readonly files: readonly string[];
  /**
   * Reads them anew. What is under way goes on as it began.
   * @throws where they cannot be used: then what was read before stays in force. The message names no secret.
   */
  reload(): void;
}
