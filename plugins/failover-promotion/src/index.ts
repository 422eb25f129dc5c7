import { API_VERSION, definePlugin, type Plugin } from '@shardmux/plugin-api';
import { type PromotionOptions, promotionOptions } from './options.js';
import { OthersVerdict } from './others-verdict.js';
import { Promotion } from './promotion.js';

export type { PromotionOptions };
export { OthersVerdict, Promotion };

const own: Plugin<'failover', PromotionOptions> = definePlugin({
  kind: 'failover',
  name: 'replica-promotion',
  apiVersion: API_VERSION,
  optionsSchema: promotionOptions,
  create: (options) => new Promotion(options),
});

const others = ['sentinel', 'redis-cluster'].map((name) =>
  definePlugin({ kind: 'failover', name, apiVersion: API_VERSION, create: () => new OthersVerdict() }),
);

export const plugins = [own, ...others] as const;
