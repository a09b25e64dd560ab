import { Type } from 'typebox'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'pareto-router',
  order: 0,
  title: 'ParetoRouterPlugin',
  description: 'Settings of the model `openrouter/pareto-code`.',
  settings: {
    min_coding_score: nullish(Type.Number({ minimum: 0, maximum: 1 })),
    max_price: nullish(Type.Number({ minimum: 0, description: 'USD per million tokens.' })),
    price_source: nullish(Type.Enum(['prompt', 'weighted_avg'])),
  },
  prefer: (settings) => ({
    paretoRouter: {
      minCodingScore: settings.min_coding_score ?? undefined,
      maxPrice: settings.max_price ?? undefined,
      priceSource: settings.price_source ?? undefined,
    },
  }),
})
