import { parseArgs } from 'node:util';
import { PLUGIN_KINDS } from '@shardmux/plugin-api';
import { ScaffoldError } from './scaffold-error.js';

export interface Flags {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly dir?: string | undefined;
  readonly help?: boolean | undefined;
}

export const HELP = `npm create shardmux-plugin -- [flags]

  --kind KIND   ${PLUGIN_KINDS.join(', ')}
  --name NAME   how configurations will name the plugin: my-thing
  --dir FOLDER  where the package goes: an empty folder, or a new one (default: the package's name)
  --help        this text

What is left out is asked for in a terminal.
`;

/** @throws {ScaffoldError} for a flag that there is not. */
export function readFlags(args: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kind: { type: 'string' },
        name: { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new ScaffoldError(`${(error as Error).message}\n\n${HELP}`);
  }
}
