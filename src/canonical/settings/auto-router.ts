import { type Static, Type } from 'typebox'
import { nullish } from '../../util/nullish.ts'
import type { Issue } from '../errors.ts'
import type { AutoRouterPreferences } from '../routing-preferences.ts'

/** Patterns of model slugs in the settings of router models. */
export const ModelPatterns = Type.Array(Type.String({ maxLength: 1024 }), {
  maxItems: 1024,
  description: 'Model slugs; `*` stands for anything.',
})

/** The settings that the plugins of both auto routers share (contract §1.3). */
export const autoRouterSettings = {
  allowed_models: nullish(ModelPatterns),
  excluded_models: nullish(ModelPatterns),
  cost_tier: nullish(Type.Enum(['low', 'medium', 'high', 'xhigh', 'max'])),
  cost_quality_tradeoff: nullish(
    Type.Integer({ minimum: 0, maximum: 10, deprecated: true, description: '`cost_tier` wins over it.' }),
  ),
}

const AutoRouterSettings = Type.Object(autoRouterSettings)
type Settings = Static<typeof AutoRouterSettings>

/** Characters of all patterns of one list together (contract Appendix C). */
const maximumPatternCharacters = 65_536

/** Checks the length of the lists of patterns. */
export const checkPatterns = (settings: Settings): readonly Issue[] =>
  (['allowed_models', 'excluded_models'] as const)
    .filter((key) => (settings[key] ?? []).join('').length > maximumPatternCharacters)
    .map((path) => ({ path, message: `must have at most ${maximumPatternCharacters} characters in all` }))

/** Decodes the settings. Clients that put lists together send empty ones where nothing was chosen. */
export const autoRouterPreferences = (settings: Settings): AutoRouterPreferences => ({
  allowedModels: filled(settings.allowed_models),
  excludedModels: filled(settings.excluded_models),
  costTier: settings.cost_tier ?? undefined,
  costQualityTradeoff: settings.cost_quality_tradeoff ?? undefined,
})

const filled = (list: readonly string[] | null | undefined): readonly string[] | undefined =>
  list === null || list?.length === 0 ? undefined : list
