import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Logger } from '@shardmux/core';
import type { Reloadable } from '@shardmux/plugin-api';

/** How often files are looked at, in ms. */
const LOOK_INTERVAL = 1_000;

const NO_FILE = 'none';

/**
 * Keeps what was read from files as these are.
 *
 *   start ──► watching ──a look finds them changed──► changing ──a look finds no further change──► reload
 *                ▲                                                                                    │
 *                └────────────────────────────────────────────────────────────────────────────────────┘
 *
 * Looks, and not events of the system: those of a file say nothing when it is a link, as Kubernetes mounts secrets, or
 * lies on another machine. Of several files that belong together none is read while others still change.
 */
export class Reloader {
  readonly #what: string;
  readonly #target: Reloadable;
  readonly #logger: Logger;
  #seen: string;
  #isChanging = false;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  /**
   * Best made as soon as the files were read: what changes from here on is noticed.
   * @param what is reloaded, for the log.
   */
  constructor(what: string, target: Reloadable, logger: Logger) {
    this.#what = what;
    this.#target = target;
    this.#logger = logger;
    // At once: a change that came before the end of a look would never be noticed.
    this.#seen = target.files.map(markNow).join();
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#look(), LOOK_INTERVAL).unref();
  }

  /** A fault is logged, and leaves all as it was. */
  reload(): void {
    try {
      this.#target.reload();
      this.#logger.info(`${this.#what} were read anew`);
    } catch (error) {
      this.#logger.error(`${this.#what} stay as they were: ${(error as Error).message}`);
    }
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const marks = await this.#marks();
    const hasChanged = marks !== this.#seen;
    this.#seen = marks;
    if (this.#stopped) return;
    if (this.#isChanging && !hasChanged) this.reload();
    this.#isChanging = hasChanged;
    this.start();
  }

  async #marks(): Promise<string> {
    return (await Promise.all(this.#target.files.map(markOf))).join();
  }
}

async function markOf(path: string): Promise<string> {
  try {
    return mark(await stat(path));
  } catch {
    return NO_FILE;
  }
}

function markNow(path: string): string {
  try {
    return mark(statSync(path));
  } catch {
    return NO_FILE;
  }
}

/** Differs when a file was written, or another has taken its name. */
function mark({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
}
