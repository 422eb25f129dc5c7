import { checkOptions, clientOptionRules, type OptionRules } from '@shardmux/client';
import type { Logger } from '@shardmux/core';
import { ConfigError, type Plugin } from '@shardmux/plugin-api';
import { loadConfig, parseConfig } from '../config/load.js';
import { withPlugins } from '../plugins/official.js';
import { openLog } from '../process/log.js';
import { ProxyService } from './proxy-service.js';

/** Where a configuration comes from: a file of either dialect, or its text. */
export type ConfigSource = { readonly file: string } | { readonly yaml: string };

export interface ProxyOptions {
  /** The log of the configuration where it is left out. */
  readonly logger?: Logger;
  /** Plugins that the configuration may name, besides the official ones and those that it names by module. */
  readonly plugins?: readonly Plugin[];
}

const sourceRules: OptionRules<{ file?: string; yaml?: string }> = {
  file: { allowed: 'the path of a configuration', accepts: (value) => typeof value === 'string' },
  yaml: { allowed: 'the text of a configuration', accepts: (value) => typeof value === 'string' },
};
const rules: OptionRules<ProxyOptions> = {
  logger: clientOptionRules.logger,
  plugins: { allowed: 'a list of plugins', accepts: Array.isArray },
};

/**
 * A whole proxy inside this process, or led by it where the configuration asks for workers. It installs no signal
 * handlers: whoever embeds it calls `stop`.
 *
 * @throws {ConfigError} with all faults of the configuration or the options, or where workers would need plugins that
 *   only this process has; {PluginError} when a pool's plugins cannot be had.
 */
export function createProxy(source: ConfigSource, options: ProxyOptions = {}): ProxyService {
  checkOptions('createProxy', source, sourceRules);
  checkOptions('createProxy', options, rules);
  const { file, yaml }: { file?: string; yaml?: string } = source;
  if ((file === undefined) === (yaml === undefined)) {
    throw new ConfigError('SHARDMUX_CONFIG_OPTION', 'createProxy: must have either { file } or { yaml }');
  }
  const { logger, plugins = [] } = options;
  const config =
    yaml === undefined
      ? loadConfig(file as string, { plugins })
      : parseConfig(Buffer.from(yaml), 'configuration', { plugins });
  if (config.workers > 1 && plugins.length > 0) {
    const message =
      'plugins given in code cannot reach worker processes: name their modules in the configuration';
    throw new ConfigError('SHARDMUX_CONFIG_WORKERS', message);
  }
  return new ProxyService(config, logger ?? openLog(config.log).logger, withPlugins(plugins));
}
