import { readFileSync } from 'node:fs';
import { ConfigError } from '@shardmux/plugin-api';
import { officialPlugins } from '../plugins/official.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { isTwemproxy } from './dialect.js';
import { deepFreeze } from './freeze.js';
import type { Config } from './normalised.js';
import { readShardmux } from './shardmux.js';
import { readTwemproxy } from './twemproxy.js';
import { YamlFile } from './yaml-file.js';

/**
 * Reads a configuration file of either dialect.
 *
 * @throws {InvalidConfigError} `SHARDMUX_CONFIG_INVALID` with all its faults.
 * @throws {ConfigError} `SHARDMUX_CONFIG_UNREADABLE` where the file cannot be read.
 */
export function loadConfig(path: string): Config {
  let content: Uint8Array;
  try {
    content = readFileSync(path);
  } catch (cause) {
    const message = `${path}: cannot be read: ${(cause as Error).message}`;
    throw new ConfigError('SHARDMUX_CONFIG_UNREADABLE', message, { cause });
  }
  return parseConfig(content, path);
}

/**
 * Reads a configuration of either dialect.
 *
 * @param name what errors call it.
 * @throws {InvalidConfigError} `SHARDMUX_CONFIG_INVALID` with all its faults.
 */
export function parseConfig(
  content: Uint8Array,
  name: string,
  registry: PluginRegistry = officialPlugins,
): Config {
  const file = new YamlFile(content, name);
  return deepFreeze(isTwemproxy(file) ? readTwemproxy(file) : readShardmux(file, registry));
}
