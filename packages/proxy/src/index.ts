export { type Admission, type Claim, LocalAdmission, type PlaceLimits, type Scope } from './admission.js';
export { type ConnectionLimits, DEFAULT_LIMITS } from './limits.js';
export { limitedClaims, Places } from './places.js';
export { ProxyServer, type ProxyServerOptions } from './proxy-server.js';
