export type { PoolParts } from './assemble/pool-parts.js';
export { resolvePool } from './assemble/resolve-pool.js';
export { type ConfigProblem, InvalidConfigError } from './config/config-problem.js';
export { loadConfig, parseConfig } from './config/load.js';
export type * from './config/normalised.js';
export { officialPlugins } from './plugins/official.js';
export { PluginRegistry } from './plugins/registry.js';
export { type ConfigSource, createProxy } from './service/create-proxy.js';
export { ProxyService } from './service/proxy-service.js';
