import type { Exception } from './tolerance.js';

/** What any comparison with a plain Redis meets. */
export const sharedExceptions: readonly Exception[] = [
  {
    error: /^CROSSSLOT /,
    reason: 'keys are found before other mistakes are, and words may be taken for keys',
  },
];
