import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How often the file is looked at, in ms. */
const LOOK_INTERVAL = 1_000;
/** How long it must not change to be read, in ms: an editor may write it in several steps. */
const SETTLE_TIME = 30;

/**
 * Has a file read, and read anew when it has changed: once for a change that comes in several steps.
 *
 *   start ──► resting ──a look finds it changed──► changing ──a look finds no further change──► read
 *                ▲                                                                               │
 *                └───────────────────────────────────────────────────────────────────────────────┘
 *
 * An event in its folder is cause for a look: editors put another file in its place, and Kubernetes another folder
 * behind a link in this one. Where links lead elsewhere, or the file lies on another machine, there are no events, and
 * it is looked at every second.
 */
export class FileWatch {
  readonly #path: string;
  readonly #read: () => Promise<void>;
  #seen = '';
  #isChanging = false;
  #hasEvent = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;
  #events: FSWatcher | null = null;

  /** @param read waited for before the next look. It may reject the first time alone. */
  constructor(path: string, read: () => Promise<void>) {
    this.#path = path;
    this.#read = read;
  }

  /** Rejects where the file cannot be read. */
  async start(): Promise<void> {
    this.#seen = await this.#marks();
    await this.#read();
    if (this.#isStopped) return;
    this.#events = this.#watchFolder();
    this.#lookIn(LOOK_INTERVAL);
  }

  stop(): void {
    this.#isStopped = true;
    this.#events?.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #watchFolder(): FSWatcher | null {
    try {
      const events = watch(dirname(this.#path), { persistent: false }, () => this.#noticeEvent());
      // The folder is gone: from now on looks must do.
      return events.on('error', () => events.close());
    } catch {
      return null;
    }
  }

  /** However many events there are, it is looked at once in a while. */
  #noticeEvent(): void {
    if (this.#hasEvent) return;
    this.#hasEvent = true;
    if (this.#timer !== null) this.#lookIn(SETTLE_TIME);
  }

  #lookIn(delay: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), delay).unref();
  }

  async #look(): Promise<void> {
    this.#timer = null;
    this.#hasEvent = false;
    const before = this.#seen;
    this.#seen = await this.#marks();
    const hasChanged = this.#seen !== before;
    if (this.#isChanging && !hasChanged) await this.#read();
    this.#isChanging = hasChanged;
    if (!this.#isStopped) this.#lookIn(hasChanged || this.#hasEvent ? SETTLE_TIME : LOOK_INTERVAL);
  }

  /** Differs when the file was written, or another has taken its name. */
  async #marks(): Promise<string> {
    try {
      const { dev, ino, size, mtimeMs, ctimeMs } = await stat(this.#path);
      return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
    } catch {
      return 'none';
    }
  }
}
