export { type ConfigSource, createProxy } from './assemble/create-proxy.js';
export { ProxyService } from './assemble/proxy-service.js';
export { type ConfigProblem, InvalidConfigError } from './config/config-problem.js';
export { loadConfig, parseConfig } from './config/load.js';
export type * from './config/normalised.js';
export { officialPlugins } from './plugins/official.js';
export type { PoolParts } from './plugins/pool-parts.js';
export { PluginRegistry } from './plugins/registry.js';
export { resolvePool } from './plugins/resolve-pool.js';
