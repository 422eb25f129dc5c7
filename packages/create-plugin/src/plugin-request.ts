import { existsSync, readdirSync, statSync } from 'node:fs';
import { PLUGIN_KINDS } from '@shardmux/plugin-api';

/** What a package is to be made for. */
export interface PluginRequest {
  /** One of PLUGIN_KINDS. */
  readonly kind: string;
  /** How configurations will name the plugin. */
  readonly name: string;
  /** Where the package goes: a folder that is empty, or not there yet. */
  readonly folder: string;
}

/** By this name a configuration finds the plugin without more ado. */
export function packageName(kind: string, name: string): string {
  return `shardmux-plugin-${kind}-${name}`;
}

/*
 * What is wrong with a part of a request, as the rest of a sentence; `undefined` where nothing is.
 */

export function kindFault(kind: string): string | undefined {
  const isKind = PLUGIN_KINDS.some((known) => known === kind);
  return isKind ? undefined : `must be one of ${PLUGIN_KINDS.join(', ')}`;
}

export function nameFault(name: string): string | undefined {
  if (/^[a-z0-9][a-z0-9_-]{0,99}$/.test(name)) return undefined;
  return 'must be 1 to 100 lower-case letters, digits, "-" and "_", a letter or digit first';
}

/** A repository that was just begun counts as empty. */
export function folderFault(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) return 'must be a folder';
  const names = readdirSync(folder).filter((name) => name !== '.git');
  return names.length === 0 ? undefined : `must be empty, and holds ${names.slice(0, 3).join(', ')}`;
}
