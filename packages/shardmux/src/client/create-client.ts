import {
  Client,
  type ClientOptions,
  type ClientParts,
  checkOptions,
  clientOptionRules,
  type OptionRules,
} from '@shardmux/client';
import { Engine, type Logger, silent } from '@shardmux/core';
import { ConfigError, type Plugin, type Telemetry } from '@shardmux/plugin-api';
import { poolOptions } from '../assemble/pool-options.js';
import { reloadersOf } from '../assemble/pool-reloaders.js';
import { resolvePool } from '../assemble/resolve-pool.js';
import { loadConfig, parseConfig } from '../config/load.js';
import type { Config, PoolConfig } from '../config/normalised.js';
import { withPlugins } from '../plugins/official.js';
import { type ClientSource, hasProxies, overProxies } from './over-proxies.js';
import { textOf } from './source-text.js';

export interface CreateClientOptions extends ClientOptions {
  /** Which pool; may be left out where there is one. */
  readonly pool?: string;
  /** Plugins that the configuration may name, besides the official ones and those that it names by module. */
  readonly plugins?: readonly Plugin[];
}

const rules: OptionRules<CreateClientOptions> = {
  ...clientOptionRules,
  pool: { allowed: 'the name of a pool', accepts: (value) => typeof value === 'string' },
  plugins: { allowed: 'a list of plugins', accepts: Array.isArray },
};

/** All clients of a process share its turns and its memory. */
let engine: Engine | null = null;

/**
 * A client of one pool, in this process: same file, same plugins and same routing as the proxy's. Or one that asks
 * proxies, one of them at a time: `{ proxies: ["host:port", …] }`, or those of a pool that have registered themselves,
 * `{ proxies: { coordination: { use: … }, pool: NAME } }`; further keys are as in a pool: `password`, `zone`, `timeout`.
 *
 * @param source the path of a configuration file of either dialect, or the same configuration as an object.
 * @throws {ConfigError} with all faults of the configuration or the options, or where it does not have the pool;
 *   {PluginError} when the pool's plugins cannot be had.
 */
export function createClient(source: string | object, options: CreateClientOptions = {}): Client {
  checkOptions('createClient', options, rules);
  const { pool: name, plugins = [], ...clientOptions } = options;
  const { config, known } = readSource(source, plugins);
  const parts = clientParts(poolOf(config, name), known, options);
  return new Client(parts, clientOptions);
}

/** The configuration, and the plugins that it may name. */
function readSource(source: string | object, plugins: readonly Plugin[]): ClientSource {
  if (typeof source === 'string')
    return { config: loadConfig(source, { plugins, purpose: 'client' }), known: plugins };
  if (hasProxies(source)) return overProxies(source, plugins);
  const config = parseConfig(textOf(source), 'configuration', { plugins, purpose: 'client' });
  return { config, known: plugins };
}

function poolOf({ pools }: Config, name: string | undefined): PoolConfig {
  const known = pools.map((pool) => pool.name).join(', ');
  if (name === undefined) {
    if (pools.length === 1) return pools[0];
    throw new ConfigError('SHARDMUX_CONFIG_POOL', `say which pool: { pool: … }; there are: ${known}`);
  }
  const pool = pools.find((each) => each.name === name);
  if (pool === undefined) {
    throw new ConfigError('SHARDMUX_CONFIG_POOL', `there is no pool "${name}"; there are: ${known}`);
  }
  return pool;
}

function clientParts(
  config: PoolConfig,
  plugins: readonly Plugin[],
  { logger = silent, commandTimeout, retryStrategy }: CreateClientOptions,
): ClientParts {
  engine ??= new Engine();
  const poolParts = resolvePool(config, withPlugins(plugins));
  const pool = poolOptions(poolParts, logger);
  const reloaders = reloadersOf(poolParts, logger);
  poolParts.access.reload();
  for (const reloader of reloaders) reloader.start();
  return {
    engine,
    limits: config.limits,
    onClosed: () => {
      for (const reloader of reloaders) reloader.stop();
      return stopTelemetry(poolParts.telemetry, logger);
    },
    pool: {
      ...pool,
      timeout: commandTimeout ?? pool.timeout,
      reconnect: retryStrategy ?? pool.reconnect,
    },
  };
}

/** A client ends in any case; what a plugin cannot send any more is lost. */
async function stopTelemetry(all: readonly Telemetry[], logger: Logger): Promise<void> {
  for (const telemetry of all) {
    await telemetry.stop().catch((error: Error) => logger.warn(error.message));
  }
}
