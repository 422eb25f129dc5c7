import { InvalidConfigError } from '@shardmux/config-file';
import { parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/normalised.js';

export function read(yaml: string): Config {
  return parseConfig(Buffer.from(yaml), 'test.yml');
}

/** What is wrong with a file, a line each: `LINE:COLUMN PATH: found X: must be Y`. */
export function faults(yaml: string): string[] {
  try {
    read(yaml);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return error.problems.map(
      ({ line, column, path, found, expected }) => `${line}:${column} ${path}: found ${found}: ${expected}`,
    );
  }
  return [];
}
