import { Type } from 'typebox'
import { nullish } from './nullish.ts'

export const SearchContextSize = Type.Enum(['low', 'medium', 'high'])

export const WebSearchMode = Type.Enum([
  'instant',
  'fast',
  'auto',
  'deep-lite',
  'deep',
  'deep-reasoning',
  'turbo',
  'basic',
  'advanced',
])

/** Results of one search. Source: contract Appendix C. */
export const MaxSearchResults = Type.Integer({ minimum: 1, maximum: 25 })

export const Domains = Type.Array(Type.String())

/** Source: contract §1.3. */
export const UserLocationSchema = Type.Object(
  {
    type: nullish(Type.Literal('approximate')),
    city: nullish(Type.String()),
    region: nullish(Type.String()),
    country: nullish(Type.String({ description: 'ISO 3166-1 alpha-2 code.' })),
    timezone: nullish(Type.String({ description: 'IANA name.' })),
  },
  { title: 'UserLocation', description: 'Where the end user roughly is.' },
)
