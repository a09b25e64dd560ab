import { Type } from 'typebox'
import { autoRouterPreferences, autoRouterSettings, checkPatterns } from '../canonical/settings/auto-router.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'auto-router',
  order: 0,
  title: 'AutoRouterPlugin',
  description: 'Settings of the model `openrouter/auto`.',
  settings: {
    ...autoRouterSettings,
    pin_model: nullish(Type.Boolean({ description: 'Keeps the model of the last answer in the conversation.' })),
  },
  check: checkPatterns,
  prefer: (settings) => ({
    autoRouter: { ...autoRouterPreferences(settings), pinModel: settings.pin_model ?? undefined },
  }),
})
