export { type Admission, LocalAdmission } from './admission.js';
export type { Claim, PlaceLimits, Scope } from './claim.js';
export { type ConnectionLimits, DEFAULT_LIMITS } from './limits.js';
export { limitedClaims, Places } from './places.js';
export { ProxyServer, type ProxyServerOptions } from './proxy-server.js';
