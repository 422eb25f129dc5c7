export { type Admission, LocalAdmission } from './admission.js';
export { type ConnectionLimits, DEFAULT_LIMITS } from './limits.js';
export { ProxyServer, type ProxyServerOptions } from './proxy-server.js';
