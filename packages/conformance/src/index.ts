export type {
  CodecSamples,
  SampleBroadcast,
  SampleCall,
  SampleReply,
  SampleSplit,
} from './codec/codec-samples.js';
export { codecSuite } from './codec/codec-suite.js';
export type { ConformanceCase } from './conformance-case.js';
export { ConformanceError } from './conformance-error.js';
export { coordinationSuite } from './coordination/coordination-suite.js';
export type { CoordinationSuiteOptions, Outage } from './coordination/harness.js';
export { type DistributionSuiteOptions, distributionSuite } from './distribution-suite.js';
export { failoverSuite } from './failover-suite.js';
export { type HashVector, hashSuite } from './hash-suite.js';
export { readsSuite } from './reads-suite.js';
export { type RecordedOperation, type TelemetrySuiteOptions, telemetrySuite } from './telemetry-suite.js';
export { type TopologySuiteOptions, topologySuite } from './topology-suite.js';
export type { SecureSockets } from './transport/harness.js';
export { type TransportSuiteOptions, transportSuite } from './transport/transport-suite.js';
