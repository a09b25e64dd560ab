import { Type } from 'typebox'
import { fusionPanelSettings } from '../canonical/settings/nested-model.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'fusion',
  order: 60,
  title: 'FusionPlugin',
  description: 'Settings of the model `openrouter/fusion` and the tool `openrouter:fusion`, which ask several models.',
  settings: {
    preset: nullish(Type.Enum(['general-high', 'general-budget', 'general-fast'])),
    ...fusionPanelSettings,
  },
  start: () => ({}),
})
