import { Readable, type ReadableOptions } from 'node:stream';

/** Asks one server for the page that begins at a cursor. */
export type ScanPage = (cursor: string) => Promise<readonly [next: string | Buffer, elements: unknown[]]>;

/**
 * Streams arrays of what SCAN, SSCAN, HSCAN or ZSCAN find, one server after the other. Elements may come twice, as
 * with the commands themselves.
 */
export class ScanStream extends Readable {
  readonly #pagesOf: () => Promise<readonly ScanPage[]>;
  #pages: readonly ScanPage[] | null = null;
  #page = 0;
  #cursor = '0';
  #isClosed = false;

  /** @param pagesOf one page function per server; asked when the first array is wanted. */
  constructor(pagesOf: () => Promise<readonly ScanPage[]>, options: ReadableOptions = {}) {
    super({ ...options, objectMode: true });
    this.#pagesOf = pagesOf;
  }

  override _read(): void {
    this.#next().then(
      (elements) => {
        if (!this.#isClosed) this.push(elements);
      },
      (error: Error) => {
        if (!this.#isClosed) this.destroy(error);
      },
    );
  }

  /** Reads no further; a page that is on its way is dropped. */
  close(): void {
    this.#isClosed = true;
    this.push(null);
  }

  async #next(): Promise<unknown[] | null> {
    this.#pages ??= await this.#pagesOf();
    if (this.#page >= this.#pages.length) return null;
    const [cursor, elements] = await this.#pages[this.#page](this.#cursor);
    this.#cursor = String(cursor);
    if (this.#cursor === '0') this.#page++;
    return elements;
  }
}
