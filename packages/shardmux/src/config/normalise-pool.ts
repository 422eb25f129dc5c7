import { resolve } from 'node:path';
import { memberOf } from '@shardmux/config-file';
import type { Endpoint, PluginKind } from '@shardmux/plugin-api';
import { locatePlugin, type PluginScope } from './locate-plugin.js';
import type { PluginRef, PoolConfig } from './normalised.js';
import { replaceReferences } from './option-secrets.js';
import type { CheckedPool } from './pool-schema.js';
import { locateSecret } from './secret.js';

/** Gives a pool that passed the schema its final form. */
export function normalisePool(
  name: string,
  { servers, topology, listen, register, ...pool }: CheckedPool,
): PoolConfig {
  return {
    ...pool,
    name,
    listen: listen ?? null,
    register: register && registered(register.as ?? listen),
    topology: topology ?? { use: 'file', options: { servers } },
  };
}

function registered(as: Endpoint | undefined): PoolConfig['register'] {
  return as?.kind === 'tcp' ? { as } : null;
}

function locatePaths(options: unknown, names: readonly string[], folder: string): unknown {
  const located = names.flatMap((name) => {
    const path = memberOf(options, name);
    return typeof path === 'string' ? [[name, resolve(folder, path)]] : [];
  });
  return located.length === 0 ? options : { ...Object(options), ...Object.fromEntries(located) };
}

/** Names files so that other processes, in other folders, find them too. */
export function locateFiles(pool: PoolConfig, folder: string): PoolConfig {
  const users = Object.entries(pool.users ?? {}).map(([name, rules]) => [
    name,
    rules.map((rule) => locateSecret(rule, folder)),
  ]);
  return {
    ...pool,
    password: pool.password && locateSecret(pool.password, folder),
    users: pool.users && Object.fromEntries(users),
    aclFile: pool.aclFile && resolve(folder, pool.aclFile),
  };
}

/**
 * Names a pool's plugins so that other processes, in other folders, find them too.
 * @throws {PluginError} as `locatePlugin`.
 */
export function locatePlugins(pool: PoolConfig, scope: PluginScope): PoolConfig {
  const located = (kind: PluginKind, { use, options }: PluginRef): PluginRef => {
    const { plugin, use: known } = locatePlugin(kind, use, scope);
    const { folder } = scope;
    const withSecrets = replaceReferences(options, (secret) => locateSecret(secret, folder));
    return { use: known, options: locatePaths(withSecrets, plugin.paths ?? [], folder) };
  };
  return {
    ...pool,
    hash: located('hash', pool.hash),
    distribution: located('distribution', pool.distribution),
    topology: located('topology', pool.topology),
    failover: pool.failover && located('failover', pool.failover),
    reads: located('reads', pool.reads),
    codec: located('codec', pool.codec),
    transport: located('transport', pool.transport),
    coordination: pool.coordination && located('coordination', pool.coordination),
    telemetry: pool.telemetry.map((ref) => located('telemetry', ref)),
  };
}
