/** What the engine tells an operator. pino fits, and so does `console`. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Tells nobody. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
