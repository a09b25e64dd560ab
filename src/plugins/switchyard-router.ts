import { Type } from 'typebox'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

/** Switchyard router models are OpenRouter's own. The settings are accepted, and have no effect without such a model (contract §1.3). */
export default definePlugin({
  id: 'switchyard-router',
  order: 0,
  title: 'SwitchyardRouterPlugin',
  description: 'Settings of a Switchyard router model, which this gateway does not have. They have no effect.',
  settings: {
    algorithm: nullish(Type.Enum(['capability', 'stage', 'auto', 'random', 'composite', 'passthrough'])),
    judge_model: nullish(Type.String()),
  },
})
