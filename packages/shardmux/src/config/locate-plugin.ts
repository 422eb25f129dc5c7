import { createRequire, isBuiltin } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustBeOneOf } from '@shardmux/config-file';
import type { Plugin, PluginKind } from '@shardmux/plugin-api';
import { isModuleUrl, loadPlugin, moduleUrl, splitUse } from '../plugins/plugin-module.js';
import { PluginReferenceError } from '../plugins/plugin-reference-error.js';
import type { PluginRegistry } from '../plugins/registry.js';

/** Where plugins are looked for. */
export interface PluginScope {
  /** The official ones, and those given in code. */
  readonly registry: PluginRegistry;
  /** The configuration's: what paths are relative to, and where packages are looked for first. */
  readonly folder: string;
}

/** A plugin, and a name for it that means the same in every process. */
export interface LocatedPlugin {
  readonly use: string;
  readonly plugin: Plugin;
}

const NAME = /^[a-z0-9][a-z0-9_-]*$/;
/** A package, perhaps with a scope, and perhaps one of its entries. */
const SPECIFIER = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:\/.+)?$/;

/**
 * Finds what a configuration means.
 *
 *   xxh32                  registered ──► package shardmux-plugin-hash-xxh32 ──► package xxh32
 *   @acme/hashes#fast      package
 *   ./my-hash.js           file
 *
 * @throws {PluginReferenceError} `SHARDMUX_PLUGIN_UNKNOWN` where there is no such thing, and as `loadPlugin`.
 */
export function locatePlugin(kind: PluginKind, use: string, scope: PluginScope): LocatedPlugin {
  if (scope.registry.names(kind).includes(use)) return { use, plugin: scope.registry.find(kind, use) };
  const isPath = isModuleUrl(use) || isAbsolute(use) || /^\.\.?[/\\]/.test(use);
  const file = isPath ? findFile(kind, use, scope.folder) : findPackage(kind, use, scope);
  const plugin = loadPlugin(kind, use, file);
  return { use: moduleUrl(file, plugin.name), plugin };
}

function findFile(kind: PluginKind, use: string, folder: string): string {
  const [target] = splitUse(use);
  try {
    const path = isModuleUrl(target) ? fileURLToPath(target) : resolve(folder, target);
    return requireFrom(folder).resolve(path);
  } catch (cause) {
    const expected = `must be the path of a module: ${firstLine(cause)}`;
    throw new PluginReferenceError('SHARDMUX_PLUGIN_UNKNOWN', kind, use, expected, { cause });
  }
}

function findPackage(kind: PluginKind, use: string, { registry, folder }: PluginScope): string {
  const [target] = splitUse(use);
  const isName = NAME.test(target);
  const own = `shardmux-plugin-${kind}-${target}`;
  for (const specifier of isName ? [own, target] : [target]) {
    if (!SPECIFIER.test(specifier) || isBuiltin(specifier)) continue;
    for (const start of new Set([folder, process.cwd()])) {
      const file = resolvePackage(kind, use, specifier, start);
      if (file !== null) return file;
    }
  }
  const packageName = isName ? own : SPECIFIER.exec(target)?.[1];
  const other = packageName === undefined ? [] : [`a package (npm install ${packageName})`];
  const expected = mustBeOneOf(use, registry.names(kind), ...other);
  throw new PluginReferenceError('SHARDMUX_PLUGIN_UNKNOWN', kind, use, expected);
}

/** The file that a package is entered by; `null` where the package is not installed. */
function resolvePackage(kind: PluginKind, use: string, specifier: string, start: string): string | null {
  try {
    return requireFrom(start).resolve(specifier);
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    // With a path it is the package's own entry that is missing: it was not built.
    if (code === 'MODULE_NOT_FOUND' && path === undefined) return null;
    const hint = code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? ' for require: name a "default"' : '';
    const expected = `must be a package that can be loaded: ${firstLine(cause)}${hint}`;
    throw new PluginReferenceError('SHARDMUX_PLUGIN_LOAD', kind, use, expected, { cause });
  }
}

/** Resolves as a module in the folder would; there need not be one. */
function requireFrom(folder: string): NodeJS.Require {
  return createRequire(join(folder, 'shardmux.yml'));
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0];
}
