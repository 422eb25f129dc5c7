import type { PluginKind } from '@shardmux/plugin-api';
import { expect, test } from 'vitest';
import { codecMutants } from './fixtures/codecs/index.js';
import { coordinationMutants } from './fixtures/coordinations/index.js';
import { distributionMutants } from './fixtures/distributions.js';
import { failoverMutants } from './fixtures/failovers.js';
import { hashMutants } from './fixtures/hashes.js';
import { readsMutants } from './fixtures/read-policies.js';
import { telemetryMutants } from './fixtures/telemetries.js';
import { topologyMutants } from './fixtures/topologies.js';
import { transportMutants } from './fixtures/transports/index.js';

/** Broken plugins of every kind; that each is found out, by the promise it breaks, its suite's own test shows. */
const mutants: Record<PluginKind, readonly { readonly flaw: string }[]> = {
  hash: hashMutants,
  distribution: distributionMutants,
  topology: topologyMutants,
  failover: failoverMutants,
  reads: readsMutants,
  transport: transportMutants,
  codec: codecMutants,
  telemetry: telemetryMutants,
  coordination: coordinationMutants,
};

test.each(Object.entries(mutants))('there are at least five of kind %s', (_, { length }) => {
  expect(length).toBeGreaterThanOrEqual(5);
});

test.each(Object.entries(mutants))('no two of kind %s have the same flaw', (_, each) => {
  const names = each.map(({ flaw }) => flaw);
  expect(new Set(names).size).toBe(names.length);
});
