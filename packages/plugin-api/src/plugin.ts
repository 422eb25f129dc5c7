import type { Codec } from './codec/codec.js';
import type { DistributionStrategy } from './distribution-strategy.js';
import { PluginError } from './errors.js';
import type { FailoverPolicy } from './failover-policy.js';
import type { HashFunction } from './hash-function.js';
import type { StandardSchema } from './standard-schema.js';
import type { Telemetry } from './telemetry.js';
import type { TopologySource } from './topology-source.js';
import type { Transport } from './transport.js';

/** What a plugin of each kind creates. `hash` and `distribution` are stable; the others may change before 1.0. */
export interface PluginKinds {
  hash: HashFunction;
  distribution: DistributionStrategy;
  topology: TopologySource;
  failover: FailoverPolicy;
  transport: Transport;
  codec: Codec;
  telemetry: Telemetry;
}

export type PluginKind = keyof PluginKinds;

/** The version of these contracts. A plugin states the one it was written for. */
export const API_VERSION = 1;

const brand = Symbol.for('shardmux.plugin');

export interface PluginDefinition<Kind extends PluginKind, Options = unknown> {
  readonly kind: Kind;
  /** How a configuration names it: unique within its kind. */
  readonly name: string;
  readonly apiVersion: number;
  /** Checks and fills in the plugin's options; left out when it takes none. */
  readonly optionsSchema?: StandardSchema<Options>;
  /** Called once per pool at start-up, with options that passed the schema. */
  create(options: Options): PluginKinds[Kind];
}

export interface Plugin<Kind extends PluginKind = PluginKind, Options = unknown>
  extends PluginDefinition<Kind, Options> {
  readonly [brand]: true;
}

/** @throws {PluginError} `SHARDMUX_PLUGIN_INVALID` when the name is empty or the API version is not this one. */
export function definePlugin<Kind extends PluginKind, Options = undefined>(
  definition: PluginDefinition<Kind, Options>,
): Plugin<Kind, Options> {
  const { kind, name, apiVersion } = definition;
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    throw new PluginError(
      'SHARDMUX_PLUGIN_INVALID',
      `${kind} plugin name "${name}" is not lower-case letters, digits, "-" and "_"`,
    );
  }
  if (apiVersion !== API_VERSION) {
    const fix = apiVersion > API_VERSION ? 'upgrade shardmux' : 'upgrade the plugin';
    throw new PluginError(
      'SHARDMUX_PLUGIN_INVALID',
      `${kind} plugin "${name}" is written for API version ${apiVersion}, this is ${API_VERSION}: ${fix}`,
    );
  }
  return Object.freeze({ ...definition, [brand]: true as const });
}

export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && brand in value;
}
