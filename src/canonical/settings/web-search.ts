import { type Static, Type } from 'typebox'
import { nullish } from '../../util/nullish.ts'
import type { XSearch } from '../native-tool.ts'
import type { UserLocation } from '../web-engines.ts'

/** The engines that search for the gateway, beside those of OpenRouter: a gateway has those that are configured. */
export const engineNames = ['searxng', 'exa', 'tavily', 'brave', 'firecrawl', 'parallel', 'perplexity'] as const

/** Those of them that also read pages. */
export const readingEngineNames = ['exa', 'tavily', 'firecrawl', 'parallel'] as const

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

export const Domains = Type.Array(Type.String(), { maxItems: 1024 })

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

type XSearchSettings = Static<typeof XSearchSchema>
type Location = Static<typeof UserLocationSchema>

/** Decodes the place of the end user. */
export const userLocation = (location: Location | null | undefined): UserLocation | undefined =>
  location === null || location === undefined
    ? undefined
    : {
        ...(location.city && { city: location.city }),
        ...(location.region && { region: location.region }),
        ...(location.country && { country: location.country }),
        ...(location.timezone && { timezone: location.timezone }),
      }

/** Decodes the settings of a search in the posts of X. */
export const xSearch = (settings: XSearchSettings | null | undefined): XSearch | undefined =>
  settings === null || settings === undefined
    ? undefined
    : {
        ...(settings.allowed_x_handles && { allowedHandles: settings.allowed_x_handles }),
        ...(settings.excluded_x_handles && { excludedHandles: settings.excluded_x_handles }),
        ...(settings.from_date && { fromDate: settings.from_date }),
        ...(settings.to_date && { toDate: settings.to_date }),
        ...(typeof settings.enable_image_understanding === 'boolean' && {
          imageUnderstanding: settings.enable_image_understanding,
        }),
        ...(typeof settings.enable_video_understanding === 'boolean' && {
          videoUnderstanding: settings.enable_video_understanding,
        }),
      }

/** Returns the domains, unless the list is empty, which clients send where nothing was chosen. */
export const domains = (list: readonly string[] | null | undefined): readonly string[] | undefined =>
  list === null || list?.length === 0 ? undefined : list
