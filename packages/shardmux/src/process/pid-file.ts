import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ShardmuxError } from '@shardmux/plugin-api';

/**
 * Writes this process's id to a file, without a line end, as Twemproxy does, over whatever it holds. When the
 * process exits the file goes, unless another process has put its own id there by then.
 *
 * @throws {ShardmuxError} `SHARDMUX_PID_FILE` where the file cannot be written.
 */
export function writePidFile(path: string): void {
  const id = String(process.pid);
  try {
    writeFileSync(path, id, { mode: 0o644 });
  } catch (cause) {
    throw new ShardmuxError('SHARDMUX_PID_FILE', `pid file: ${(cause as Error).message}`, { cause });
  }
  process.once('exit', () => {
    try {
      if (readFileSync(path, 'latin1') === id) rmSync(path);
    } catch {
      // Somebody has removed it, or forbidden it, and nobody is left to be told.
    }
  });
}
