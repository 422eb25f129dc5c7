import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.js';

/** A folder of its own under the system's temporary one, gone at the latest when this process exits. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'shardmux-'));
  readonly #forget = atExit(() => this.#delete());

  /** @returns the path of the file written. */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** May be called twice. */
  remove(): void {
    this.#forget();
    this.#delete();
  }

  #delete(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
