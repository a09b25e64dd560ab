import { autoRouterPreferences, autoRouterSettings, checkPatterns } from '../canonical/settings/auto-router.ts'
import { definePlugin } from './plugin.ts'

export default definePlugin({
  id: 'auto-beta-router',
  order: 0,
  title: 'AutoBetaRouterPlugin',
  description: 'Settings of the model `openrouter/auto-beta`.',
  settings: autoRouterSettings,
  check: checkPatterns,
  prefer: (settings) => ({ autoBetaRouter: autoRouterPreferences(settings) }),
})
