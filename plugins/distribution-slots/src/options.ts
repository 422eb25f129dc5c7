import type { SchemaIssue, SchemaResult, StandardSchema } from '@shardmux/plugin-api';

export interface SlotsOptions {
  /** How many slots there are: 16,384 in Redis Cluster, 1,024 in Codis. */
  readonly slots: number;
  /** `slot` where the servers refuse commands whose keys lie in several slots, as those of Redis Cluster do. */
  readonly splitBy: 'node' | 'slot';
}

/** Servers do not check slots unless they run in cluster mode, so this is for the user to say. */
const DEFAULTS: SlotsOptions = { slots: 16_384, splitBy: 'node' };
/** As many as a hash of 16 bits can tell apart. */
const MAX_SLOTS = 65_536;

/** A schema by hand: a plugin depends on the contracts alone. */
export const optionsSchema: StandardSchema<SlotsOptions> = {
  '~standard': { version: 1, vendor: 'shardmux', validate },
};

function validate(value: unknown): SchemaResult<SlotsOptions> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'must be a mapping' }] };
  }
  const options = { ...DEFAULTS, ...value };
  const issues: SchemaIssue[] = Object.keys(value)
    .filter((key) => !(key in DEFAULTS))
    .map((key) => ({ path: [key], message: 'must be left out: the options are slots and splitBy' }));
  const slots: unknown = options.slots;
  if (typeof slots !== 'number' || !Number.isInteger(slots) || slots < 1 || slots > MAX_SLOTS) {
    issues.push({ path: ['slots'], message: `must be a whole number from 1 to ${MAX_SLOTS}` });
  }
  const splitBy: unknown = options.splitBy;
  if (splitBy !== 'node' && splitBy !== 'slot') {
    issues.push({ path: ['splitBy'], message: 'must be "node" or "slot"' });
  }
  return issues.length > 0 ? { issues } : { value: options };
}
