import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { YamlFile } from '@shardmux/config-file';
import { ConfigError, type Plugin } from '@shardmux/plugin-api';
import { withPlugins } from '../plugins/official.js';
import { isTwemproxy } from './dialect.js';
import { deepFreeze } from './freeze.js';
import type { Config } from './normalised.js';
import { type Purpose, readShardmux } from './shardmux.js';
import { readTwemproxy } from './twemproxy.js';

export interface ConfigOptions {
  /** Plugins that the configuration may name, besides the official ones and those that it names by module. */
  readonly plugins?: readonly Plugin[];
  /** What relative paths of plugins, secrets and ACL files start from, and where packages are looked for first: the file's by default. */
  readonly folder?: string;
  /** `proxy` by default. */
  readonly purpose?: Purpose;
}

/**
 * Reads a configuration file of either dialect.
 *
 * @throws {InvalidConfigError} `SHARDMUX_CONFIG_INVALID` with all its faults.
 * @throws {ConfigError} `SHARDMUX_CONFIG_UNREADABLE` where the file cannot be read.
 * @throws {PluginError} where a plugin in the options is none, or has the name of another.
 */
export function loadConfig(path: string, options?: ConfigOptions): Config {
  let content: Uint8Array;
  try {
    content = readFileSync(path);
  } catch (cause) {
    const message = `${path}: cannot be read: ${(cause as Error).message}`;
    throw new ConfigError('SHARDMUX_CONFIG_UNREADABLE', message, { cause });
  }
  return parseConfig(content, path, { folder: dirname(resolve(path)), ...options });
}

/**
 * Reads a configuration of either dialect.
 *
 * @param name what errors call it.
 * @throws {InvalidConfigError} `SHARDMUX_CONFIG_INVALID` with all its faults.
 * @throws {PluginError} where a plugin in the options is none, or has the name of another.
 */
export function parseConfig(content: Uint8Array, name: string, options: ConfigOptions = {}): Config {
  const file = new YamlFile(content, name);
  const scope = { registry: withPlugins(options.plugins), folder: options.folder ?? process.cwd() };
  return deepFreeze(isTwemproxy(file) ? readTwemproxy(file) : readShardmux(file, scope, options.purpose));
}
