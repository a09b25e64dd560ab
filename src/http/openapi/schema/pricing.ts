import { Type } from 'typebox'
import { forEachWireName } from '../../../catalog/price-kinds.ts'

const Price = Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: 'USD, as decimal text.' })

const prices = forEachWireName(() => Type.Optional(Price))

const PricingOverrideSchema = Type.Object(
  {
    min_prompt_tokens: Type.Optional(Type.Integer({ description: 'It applies to prompts of more tokens than this.' })),
    utc_start: Type.Optional(Type.Integer({ description: 'It applies from this UTC time of day on: HHMM.' })),
    utc_end: Type.Optional(Type.Integer({ description: 'It applies until just before this UTC time of day: HHMM.' })),
    ...prices,
  },
  { title: 'PricingOverride', description: 'Other prices, which apply under a condition.' },
)

export const PricingSchema = Type.Object(
  { ...prices, prompt: Price, completion: Price, overrides: Type.Optional(Type.Array(PricingOverrideSchema)) },
  { title: 'Pricing', description: 'USD for each token, or for each unit of what is not counted in tokens.' },
)
