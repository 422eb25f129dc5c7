import type { NodeGauges, ObservedNode, ObservedPool, Outcome } from '@shardmux/plugin-api';

export const one: ObservedNode = { name: 'one', endpoint: { kind: 'tcp', host: '10.0.0.1', port: 6379 } };
export const two: ObservedNode = { name: 'two', endpoint: { kind: 'unix', path: '/run/two.sock' } };

export const gauges: readonly NodeGauges[] = [
  { node: one, connections: 2, unsent: 3, unanswered: 4 },
  { node: two, connections: 1, unsent: 0, unanswered: 0 },
];

export const alpha: ObservedPool = { name: 'alpha', database: 5, gauges: () => gauges };

export const answered: Outcome = { node: one, failure: null, errorCode: null };
/** Of what went to several servers. */
export const merged: Outcome = { ...answered, node: null };
