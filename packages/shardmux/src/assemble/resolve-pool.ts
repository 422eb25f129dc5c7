import { type Plugin, PluginError, type PluginKind, type PluginKinds } from '@shardmux/plugin-api';
import type { PluginRef, PoolConfig } from '../config/normalised.js';
import { officialPlugins } from '../plugins/official.js';
import { checkOptions, issuePath } from '../plugins/plugin-options.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { instanceCachingFactory } from '../plugins/tsyringe.js';
import type { PoolParts } from './pool-parts.js';

/**
 * Creates what a pool is made of, in a container of the pool's own: nothing is looked up again while it serves.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_UNKNOWN`; `SHARDMUX_PLUGIN_OPTIONS` where a plugin's schema refuses its
 *   options; `SHARDMUX_PLUGIN_FAILED` with what the plugin threw.
 */
export function resolvePool(config: PoolConfig, registry: PluginRegistry = officialPlugins): PoolParts {
  const container = registry.createPoolContainer();
  const part = <Kind extends PluginKind>(kind: Kind, ref: PluginRef): PluginKinds[Kind] => {
    const create = () => createPart(registry.find(kind, ref.use), ref.options, config.name);
    container.register<PluginKinds[Kind]>(kind, { useFactory: instanceCachingFactory(create) });
    return container.resolve<PluginKinds[Kind]>(kind);
  };
  return {
    config,
    hash: part('hash', config.hash),
    distribution: part('distribution', config.distribution),
    topology: part('topology', config.topology),
    failover: config.failover === null ? null : part('failover', config.failover),
    transport: part('transport', { use: 'tcp', options: {} }),
    codec: part('codec', { use: config.codec, options: {} }),
  };
}

function createPart<Kind extends PluginKind>(
  plugin: Plugin<Kind, unknown>,
  options: unknown,
  pool: string,
): PluginKinds[Kind] {
  const who = `pool "${pool}": ${plugin.kind} plugin "${plugin.name}"`;
  const checked = checkOptions(plugin, options);
  if (checked.issues !== undefined) {
    const faults = checked.issues.map((issue) =>
      ['options', ...issuePath(issue)].join('.').concat(` ${issue.message}`),
    );
    throw new PluginError('SHARDMUX_PLUGIN_OPTIONS', `${who}: ${faults.join('; ')}`);
  }
  try {
    return plugin.create(checked.value);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new PluginError('SHARDMUX_PLUGIN_FAILED', `${who} cannot be created: ${message}`, { cause });
  }
}
