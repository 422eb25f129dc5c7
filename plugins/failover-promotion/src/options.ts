import { mapping, milliseconds, optionsSchema, whole } from '@shardmux/config-file';

export interface PromotionOptions {
  /** For how long a primary must be silent before an observer votes for giving it up, in ms. */
  readonly downAfter: number;
  /** For how long it must have refused every connection, in ms. */
  readonly refusedAfter: number;
  /** How many observers must vote so. More than half of those that are alive must in any case. */
  readonly quorum: number;
}

/** More observers than anybody has. */
const MAX_QUORUM = 1_000;

export const promotionOptions = optionsSchema<PromotionOptions>(
  mapping({
    downAfter: milliseconds(1_000).default(2_500),
    refusedAfter: milliseconds(100).default(500),
    quorum: whole(1, MAX_QUORUM).default(1),
  }),
);
