import { Type } from 'typebox'

const Price = Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: 'USD, as decimal text.' })

/** Source: contract §6.16. */
const prices = {
  request: Type.Optional(Price),
  image: Type.Optional(Price),
  audio: Type.Optional(Price),
  input_audio_cache: Type.Optional(Price),
  audio_output: Type.Optional(Price),
  image_output: Type.Optional(Price),
  web_search: Type.Optional(Price),
  internal_reasoning: Type.Optional(Price),
  input_cache_read: Type.Optional(Price),
  input_cache_write: Type.Optional(Price),
  input_cache_write_1h: Type.Optional(Price),
}

const PricingOverrideSchema = Type.Object(
  {
    min_prompt_tokens: Type.Optional(Type.Integer({ description: 'It holds for prompts of more tokens than this.' })),
    utc_start: Type.Optional(Type.Integer({ description: 'It holds from this UTC time of the day on: HHMM.' })),
    utc_end: Type.Optional(Type.Integer({ description: 'It holds until before this UTC time of the day: HHMM.' })),
    prompt: Type.Optional(Price),
    completion: Type.Optional(Price),
    ...prices,
  },
  { title: 'PricingOverride', description: 'Other prices under a condition.' },
)

export const PricingSchema = Type.Object(
  { prompt: Price, completion: Price, ...prices, overrides: Type.Optional(Type.Array(PricingOverrideSchema)) },
  { title: 'Pricing', description: 'USD for each token, or for each unit of what is not counted in tokens.' },
)
