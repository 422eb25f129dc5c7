import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian puts servers there, and leaves it out of the PATH of ordinary users.
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin'];

/** The path of an installed program; null when there is none of this name. */
export function findBinary(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
