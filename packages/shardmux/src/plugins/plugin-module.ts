import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkPlugin, isPlugin, type Plugin, type PluginKind } from '@shardmux/plugin-api';
import { PluginReferenceError } from './plugin-reference-error.js';

/*
 * Plugins that are not part of this package. A configuration goes to other processes as plain data, so it names
 * them by module and name, as a URL that means the same everywhere:
 *
 *   file:///srv/app/my-hash.js#mine
 *
 * Modules are loaded by `require`, ECMAScript modules too: a client is made of a file in one call, not awaited.
 */

const require = createRequire(import.meta.url);

/** Whether a configuration means a module, by its URL, and not a name. */
export function isModuleUrl(use: string): boolean {
  return use.startsWith('file:');
}

/** @param file an absolute path. */
export function moduleUrl(file: string, name: string): string {
  const url = pathToFileURL(file);
  url.hash = name;
  return url.href;
}

/** The module that is meant, and what stands behind the `#`: which of its plugins; empty where it has one. */
export function splitUse(use: string): readonly [target: string, name: string] {
  const hash = use.lastIndexOf('#');
  return hash < 0 ? [use, ''] : [use.slice(0, hash), use.slice(hash + 1)];
}

/** Loads the plugin that a URL of `moduleUrl` means, as `loadPlugin` does. */
export function loadFromUrl<Kind extends PluginKind>(kind: Kind, use: string): Plugin<Kind> {
  return loadPlugin(kind, use, fileURLToPath(splitUse(use)[0]));
}

/**
 * Loads a plugin from a module. One that was loaded before is not loaded again.
 *
 * @param use what it is called, for messages, and for which plugin is meant where the module has several.
 * @param file the module: an absolute path.
 * @throws {PluginReferenceError} `SHARDMUX_PLUGIN_LOAD` where the module cannot be loaded or has no plugin of the
 *   kind, `SHARDMUX_PLUGIN_UNKNOWN` where it has several and none is meant, `SHARDMUX_PLUGIN_DUPLICATE`.
 * @throws {PluginError} `SHARDMUX_PLUGIN_INVALID` where what it exports is no plugin of this API version.
 */
export function loadPlugin<Kind extends PluginKind>(kind: Kind, use: string, file: string): Plugin<Kind> {
  const refuse = (code: string, expected: string, cause?: unknown): never => {
    throw new PluginReferenceError(`SHARDMUX_PLUGIN_${code}`, kind, use, expected, { cause });
  };
  const all = exportedPlugins(file, refuse);
  const plugins = all.filter((plugin): plugin is Plugin<Kind> => plugin.kind === kind);
  const names = plugins.map((plugin) => plugin.name);
  if (plugins.length === 0) {
    const others = all.map((plugin) => `the ${plugin.kind} plugin "${plugin.name}"`).join(', ');
    return refuse('LOAD', `must be a module with a ${kind} plugin: ${file} has ${others || 'none'}`);
  }
  if (new Set(names).size < names.length) {
    return refuse('DUPLICATE', `must have one plugin of each name: ${file} has ${names.join(', ')}`);
  }
  const [target, name] = splitUse(use);
  if (name === '' && plugins.length === 1) return plugins[0];
  const meant = plugins.find((plugin) => plugin.name === (name || use));
  return meant ?? refuse('UNKNOWN', `must be one of ${names.map((each) => `${target}#${each}`).join(', ')}`);
}

type Refuse = (code: string, expected: string, cause?: unknown) => never;

function exportedPlugins(file: string, refuse: Refuse): Plugin[] {
  const exported = load(file, refuse);
  const { plugins, default: standard } = Object(exported) as { plugins?: unknown; default?: unknown };
  const values = [plugins ?? standard ?? (isPlugin(exported) ? exported : [])].flat();
  return values.map((value) => {
    checkPlugin(value, packageOf(file) ?? file);
    return value;
  });
}

/** The package that a module was installed with, if any: it is what can be installed anew. */
function packageOf(file: string): string | undefined {
  const [, path] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file) ?? [];
  return path?.replace('\\', '/');
}

function load(file: string, refuse: Refuse): unknown {
  try {
    return require(file);
  } catch (error) {
    const isWaiting = error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ASYNC_MODULE';
    const reason = isWaiting ? 'it has a top-level await' : String(error).split('\n', 1)[0];
    return refuse('LOAD', `must be a module that can be loaded: ${file}: ${reason}`, error);
  }
}
