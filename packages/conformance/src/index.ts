export type { ConformanceCase } from './conformance-case.js';
export { ConformanceError } from './conformance-error.js';
export { type DistributionSuiteOptions, distributionSuite } from './distribution-suite.js';
export { type HashVector, hashSuite } from './hash-suite.js';
