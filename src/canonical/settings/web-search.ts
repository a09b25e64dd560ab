import { Type } from 'typebox'
import { nullish } from '../../util/nullish.ts'

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

const Handles = Type.Array(Type.String(), { maxItems: 20 })

/** Source: contract §1.3. */
export const XSearchSchema = Type.Refine(
  Type.Object(
    {
      allowed_x_handles: nullish(Handles),
      excluded_x_handles: nullish(Handles),
      from_date: nullish(Type.String({ description: 'ISO date.' })),
      to_date: nullish(Type.String({ description: 'ISO date.' })),
      enable_image_understanding: nullish(Type.Boolean()),
      enable_video_understanding: nullish(Type.Boolean()),
    },
    { title: 'XSearch', description: 'Searches X beside the web, at xAI alone.' },
  ),
  ({ allowed_x_handles: allowed, excluded_x_handles: excluded }) => !allowed || !excluded,
  () => 'takes either allowed_x_handles or excluded_x_handles',
)
