import type { KeeperKind } from './keeper.js';
import { startPromotion } from './promotion-keeper.js';
import { startSentinel } from './sentinel-keeper.js';

export const keepers: readonly KeeperKind[] = [
  { name: 'Sentinel', start: startSentinel },
  { name: 'own promotion', start: startPromotion },
];
