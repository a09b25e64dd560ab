import { Type } from 'typebox'
import { ModelPatterns } from '../canonical/settings/auto-router.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

/** Jev router models are OpenRouter's own. The settings are accepted, and have no effect without such a model (contract §1.3). */
export default definePlugin({
  id: 'jev-router',
  order: 0,
  title: 'JevRouterPlugin',
  description: 'Settings of a Jev router model, which this gateway does not have. They have no effect.',
  settings: {
    models: nullish(ModelPatterns),
    allowed_models: nullish(ModelPatterns),
    excluded_models: nullish(ModelPatterns),
    cost_tier: nullish(Type.String()),
  },
})
