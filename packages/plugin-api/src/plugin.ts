import type { Codec } from './codec/codec.js';
import type { CoordinationStore } from './coordination-store.js';
import type { DistributionStrategy } from './distribution-strategy.js';
import { PluginError } from './errors.js';
import type { FailoverPolicy } from './failover-policy.js';
import type { HashFunction } from './hash-function.js';
import type { ReadPolicy } from './read-policy.js';
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
  reads: ReadPolicy;
  transport: Transport;
  codec: Codec;
  telemetry: Telemetry;
  coordination: CoordinationStore;
}

export type PluginKind = keyof PluginKinds;

export const PLUGIN_KINDS: readonly PluginKind[] = Object.keys({
  hash: true,
  distribution: true,
  topology: true,
  failover: true,
  reads: true,
  transport: true,
  codec: true,
  telemetry: true,
  coordination: true,
} satisfies Record<PluginKind, true>) as PluginKind[];

/** The version of these contracts. A plugin states the one it was written for. */
export const API_VERSION = 1;
/** The releases of this package that have them, as npm writes a range. */
const API_RELEASES = '0.x';

/** The name of a package, with or without a scope. */
const PACKAGE = /^(@[\w.~-]+\/)?[\w.~-]+$/;

const brand = Symbol.for('shardmux.plugin');

export interface PluginDefinition<Kind extends PluginKind, Options = unknown> {
  readonly kind: Kind;
  /** How a configuration names it: unique within its kind. */
  readonly name: string;
  readonly apiVersion: number;
  /** Checks and fills in the plugin's options; left out when it takes none. */
  readonly optionsSchema?: StandardSchema<Options>;
  /** Names of options that are paths of files: relative ones start from the folder of the configuration. */
  readonly paths?: readonly string[];
  /** Called once per pool at start-up, with options that passed the schema. */
  create(options: Options): PluginKinds[Kind];
}

export interface Plugin<Kind extends PluginKind = PluginKind, Options = unknown>
  extends PluginDefinition<Kind, Options> {
  readonly [brand]: true;
}

/** @throws {PluginError} `SHARDMUX_PLUGIN_INVALID`, as `checkPlugin`. */
export function definePlugin<Kind extends PluginKind, Options = undefined>(
  definition: PluginDefinition<Kind, Options>,
): Plugin<Kind, Options> {
  const plugin = Object.freeze({ ...definition, [brand]: true as const });
  checkPlugin(plugin, 'the plugin');
  return plugin;
}

/** Whether `definePlugin` made it, that of this package or of another installed copy. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Checks a value that is said to be a plugin. Another installed copy of this package may have made it, of an older
 * or a newer release, and so nothing about it is taken for granted.
 *
 * @param origin where it comes from, for the message: a package, a file.
 * @throws {PluginError} `SHARDMUX_PLUGIN_INVALID` where it is no plugin, or one for another API version.
 */
export function checkPlugin(value: unknown, origin: string): asserts value is Plugin {
  const refuse = (fault: string): never => {
    throw new PluginError('SHARDMUX_PLUGIN_INVALID', `${origin}: ${fault}`);
  };
  if (!isPlugin(value)) {
    return refuse('not a plugin: it must be made by definePlugin of @shardmux/plugin-api');
  }
  const {
    kind,
    name,
    apiVersion,
    optionsSchema,
    paths = [],
    create,
  }: Partial<Record<keyof Plugin, unknown>> = value;
  const who = `${String(kind)} plugin ${JSON.stringify(name)}`;
  // Before all else: of another version nothing more can be said.
  if (apiVersion !== API_VERSION) refuse(`${who} ${versionFault(apiVersion, origin)}`);
  if (!PLUGIN_KINDS.some((known) => known === kind)) {
    refuse(`${who} is of an unknown kind: it must be one of ${PLUGIN_KINDS.join(', ')}`);
  }
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    refuse(`${who} must have a name of lower-case letters, digits, "-" and "_"`);
  }
  if (typeof create !== 'function') refuse(`${who} must have a function "create"`);
  if (optionsSchema !== undefined && !isSchema(optionsSchema)) {
    refuse(`${who} must have a Standard Schema as its optionsSchema (of zod, valibot, arktype, or by hand)`);
  }
  if (!Array.isArray(paths) || paths.some((option) => typeof option !== 'string')) {
    refuse(`${who} must have a list of names of options as its paths`);
  }
}

function versionFault(version: unknown, origin: string): string {
  if (typeof version !== 'number') return 'must state its apiVersion: API_VERSION of @shardmux/plugin-api';
  const stated = `is written for version ${version} of the plugin API, and this shardmux has ${API_VERSION}`;
  const what = PACKAGE.test(origin) ? origin : 'the plugin';
  const fitting = `install a release of ${what} for @shardmux/plugin-api ${API_RELEASES}`;
  return version > API_VERSION
    ? `${stated}: npm install shardmux@latest, or ${fitting}`
    : `${stated}: ${fitting}`;
}

function isSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = '~standard' in value ? value['~standard'] : null;
  return typeof standard === 'object' && standard !== null && 'validate' in standard;
}
