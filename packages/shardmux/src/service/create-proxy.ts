import type { Logger } from '@shardmux/core';
import { loadConfig, parseConfig } from '../config/load.js';
import { openLog } from '../process/log.js';
import { ProxyService } from './proxy-service.js';

/** Where a configuration comes from: a file of either dialect, or its text. */
export type ConfigSource = { readonly file: string } | { readonly yaml: string };

/**
 * A whole proxy inside this process, or led by it where the configuration asks for workers. It installs no signal
 * handlers: whoever embeds it calls `stop`.
 *
 * @param logger the log of the configuration where it is left out.
 * @throws {ConfigError} with all faults; {PluginError} when a pool's plugins cannot be had.
 */
export function createProxy(source: ConfigSource, logger?: Logger): ProxyService {
  const config =
    'file' in source ? loadConfig(source.file) : parseConfig(Buffer.from(source.yaml), 'configuration');
  return new ProxyService(config, logger ?? openLog(config.log).logger);
}
