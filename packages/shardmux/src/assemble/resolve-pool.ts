import type { CoordinationStore, Plugin, PluginKind, PluginKinds } from '@shardmux/plugin-api';
import type { PluginRef, PoolConfig } from '../config/normalised.js';
import { replaceReferences } from '../config/option-secrets.js';
import { readSecret, SecretError } from '../config/secret.js';
import { officialPlugins } from '../plugins/official.js';
import { checkOptions, issuePath } from '../plugins/plugin-options.js';
import type { PluginRegistry } from '../plugins/registry.js';
import { instanceCachingFactory } from '../plugins/tsyringe.js';
import { checkPart } from './check-part.js';
import { Culprit } from './culprit.js';
import { GuardedDistribution } from './guarded-distribution.js';
import { GuardedFailover } from './guarded-failover.js';
import { GuardedReads } from './guarded-reads.js';
import { GuardedTelemetry } from './guarded-telemetry.js';
import { GuardedTopology } from './guarded-topology.js';
import { GuardedTransport } from './guarded-transport.js';
import { PoolAccess } from './pool-access.js';
import type { PoolParts } from './pool-parts.js';
import { tryCodec } from './try-codec.js';

/**
 * Creates what a pool is made of, in a container of the pool's own: nothing is looked up again while it serves.
 *
 * @throws {PluginError} `SHARDMUX_PLUGIN_UNKNOWN` and the others of `PluginRegistry.find`;
 *   `SHARDMUX_PLUGIN_OPTIONS` where a plugin's schema refuses its options; `SHARDMUX_PLUGIN_FAILED` with what the
 *   plugin threw; `SHARDMUX_PLUGIN_BROKEN` where it created something else than its contract says.
 */
export function resolvePool(config: PoolConfig, registry: PluginRegistry = officialPlugins): PoolParts {
  const container = registry.createPoolContainer();
  const part = <Kind extends PluginKind>(
    kind: Kind,
    ref: PluginRef,
    guard: Guard<Kind> = (created) => created,
  ): PluginKinds[Kind] => {
    const plugin = registry.find(kind, ref.use);
    const culprit = new Culprit(config.name, plugin, ref);
    const create = () => guard(createPart(plugin, ref.options, culprit), culprit);
    container.register<PluginKinds[Kind]>(kind, { useFactory: instanceCachingFactory(create) });
    return container.resolve<PluginKinds[Kind]>(kind);
  };
  return {
    config,
    access: new PoolAccess(config),
    hash: part('hash', config.hash),
    distribution: part('distribution', config.distribution, (...made) => new GuardedDistribution(...made)),
    topology: part('topology', config.topology, (...made) => new GuardedTopology(...made)),
    failover:
      config.failover === null
        ? null
        : part('failover', config.failover, (...made) => new GuardedFailover(...made)),
    reads: part('reads', config.reads, (...made) => new GuardedReads(...made)),
    transport: part('transport', config.transport, (...made) => new GuardedTransport(...made)),
    codec: part('codec', config.codec, (codec, culprit) => tryCodec(codec, config, culprit)),
    coordination: config.coordination && part('coordination', config.coordination),
    telemetry: config.telemetry.map((ref) =>
      part('telemetry', ref, (...made) => new GuardedTelemetry(...made)),
    ),
  };
}

/**
 * Creates a pool's coordination store, for who has no use for its other parts.
 * @throws {PluginError} as `resolvePool`.
 */
export function createCoordination(
  pool: string,
  ref: PluginRef,
  registry: PluginRegistry,
): CoordinationStore {
  const plugin = registry.find('coordination', ref.use);
  return createPart(plugin, ref.options, new Culprit(pool, plugin, ref));
}

/** Stands between a part and the engine, where what the part does later can be checked at little cost. */
type Guard<Kind extends PluginKind> = (part: PluginKinds[Kind], culprit: Culprit) => PluginKinds[Kind];

function createPart<Kind extends PluginKind>(
  plugin: Plugin<Kind>,
  options: unknown,
  culprit: Culprit,
): PluginKinds[Kind] {
  const checked = checkOptions(plugin, withSecrets(options, culprit));
  if (checked.issues !== undefined) {
    const faults = checked.issues.map((issue) =>
      ['options', ...issuePath(issue)].join('.').concat(` ${issue.message}`),
    );
    throw culprit.misconfigured(faults);
  }
  let part: PluginKinds[Kind];
  try {
    part = plugin.create(checked.value);
  } catch (cause) {
    throw culprit.failed('cannot be created', cause);
  }
  checkPart(plugin.kind, part, culprit);
  return part;
}

function withSecrets(options: unknown, culprit: Culprit): unknown {
  try {
    return replaceReferences(options, readSecret);
  } catch (error) {
    throw error instanceof SecretError ? culprit.misconfigured([error.message]) : error;
  }
}
