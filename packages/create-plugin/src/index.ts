export type { PluginRequest } from './plugin-request.js';
export { type Scaffold, scaffold } from './scaffold.js';
export { ScaffoldError } from './scaffold-error.js';
