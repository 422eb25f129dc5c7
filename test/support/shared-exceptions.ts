import type { Exception } from './tolerance.js';

/** What any comparison with a plain Redis meets. Those that are faults go when they are mended. */
export const sharedExceptions: readonly Exception[] = [
  {
    error: /^CROSSSLOT /,
    reason: 'keys are found before other mistakes are, and words may be taken for keys',
  },
  {
    names: ['evalsha', 'evalsha_ro', 'fcall', 'fcall_ro'],
    error: /Bad number of keys|Number of keys can't|not an integer/,
    reason: 'a fault: whether there is such a script or function is asked after the keys',
  },
  {
    names: ['blmpop', 'bzmpop'],
    error: /not an integer/,
    reason: 'a fault: Redis has other words for a wrong count of keys',
  },
];
