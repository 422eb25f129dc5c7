import { describeValue, memberOf, parseHostPort, type TcpEndpoint } from '@shardmux/config-file';
import { API_VERSION, ConfigError, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { createCoordination } from '../assemble/resolve-pool.js';
import { parseConfig } from '../config/load.js';
import type { Config, PluginRef } from '../config/normalised.js';
import { withPlugins } from '../plugins/official.js';
import { ProxyTopology } from '../proxies/proxy-topology.js';
import { fixedProxies, type ProxyList, RegisteredProxies } from '../proxies/registered-proxies.js';
import { textOf } from './source-text.js';

/** What a client is made by. */
export interface ClientSource {
  readonly config: Config;
  /** The plugins that it may name, besides the official ones. */
  readonly known: readonly Plugin[];
}

/** Proxies, and further keys as of a pool. */
interface OverProxies {
  readonly proxies: unknown;
}

export function hasProxies(source: object): source is OverProxies {
  return memberOf(source, 'proxies') !== undefined;
}

/**
 * The configuration of a pool whose topology is one proxy out of several.
 * @throws {ConfigError} with all faults of the keys; `SHARDMUX_CONFIG_PROXIES` where the proxies are none.
 */
export function overProxies(source: OverProxies, plugins: readonly Plugin[]): ClientSource {
  const { proxies, ...pool } = source;
  const addresses = Array.isArray(proxies) ? readAddresses(proxies) : null;
  const name = addresses === null ? poolOf(proxies) : 'proxies';
  const coordination = addresses === null ? memberOf(proxies, 'coordination') : null;
  const list = (): ProxyList => {
    if (addresses !== null) return fixedProxies(addresses);
    const ref = config.pools[0].coordination as PluginRef;
    return new RegisteredProxies(createCoordination(name, ref, withPlugins(plugins)), name);
  };
  const topology = definePlugin({
    kind: 'topology',
    name: 'proxies',
    apiVersion: API_VERSION,
    create: () => new ProxyTopology(list(), config.pools[0].zone),
  });
  const known = [...plugins, topology];
  const text = textOf({ pools: { [name]: { ...pool, coordination, topology: 'proxies' } } });
  const config = parseConfig(text, 'configuration', { plugins: known, purpose: 'client' });
  return { config, known };
}

function readAddresses(list: readonly unknown[]): TcpEndpoint[] {
  const addresses = list.map((each) => parseHostPort(String(each)));
  const good = addresses.filter((each) => each !== null);
  if (good.length === 0 || good.length < list.length) throw wrong(list);
  return good;
}

function poolOf(proxies: unknown): string {
  const pool = memberOf(proxies, 'pool');
  if (typeof pool !== 'string' || (memberOf(proxies, 'coordination') ?? null) === null) throw wrong(proxies);
  return pool;
}

function wrong(found: unknown): ConfigError {
  const expected = 'must be a list of host:port, or { coordination: { use: … }, pool: NAME }';
  return new ConfigError(
    'SHARDMUX_CONFIG_PROXIES',
    `createClient: proxies: found ${describeValue(found)}: ${expected}`,
  );
}
