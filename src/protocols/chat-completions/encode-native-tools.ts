import type { NativeSearch, NativeTool } from '../../canonical/native-tool.ts'
import type { UsedNativeTool } from '../../canonical/native-tool-for.ts'
import { arrayOf, type JsonObject } from '../../util/json.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { encodeSearchOptions } from './web-search-options.ts'

/** Adds the provider's own tools to the fields of a body. Each provider has its own fields for them. */
export function withNativeTools(
  body: JsonObject,
  native: readonly UsedNativeTool[],
  { nativeTools = 'search-options' }: ChatCompletionsQuirks,
): JsonObject {
  if (native.length === 0) return body
  if (nativeTools === 'openrouter')
    return { ...body, tools: [...arrayOf(body['tools']), ...native.map(encodeServerTool)] }
  const search = native.map(({ tool }) => tool).find((tool) => tool.name === 'web_search')
  if (search === undefined) return body
  return {
    ...body,
    ...(nativeTools === 'perplexity'
      ? encodePerplexitySearch(search)
      : { web_search_options: encodeSearchOptions(search) }),
  }
}

/** Source: https://openrouter.ai/docs/guides/features/server-tools/web-search */
const encodeServerTool = ({ tool, type }: UsedNativeTool): JsonObject => ({ type, parameters: settingsOf(tool) })

function settingsOf(tool: NativeTool): JsonObject {
  const allowed = { max_uses: tool.maxUses, allowed_domains: tool.allowedDomains }
  const settings =
    tool.name === 'web_fetch'
      ? { ...allowed, blocked_domains: tool.excludedDomains, max_content_tokens: tool.maxContentTokens }
      : {
          ...allowed,
          excluded_domains: tool.excludedDomains,
          max_results: tool.maxResults,
          search_context_size: tool.contextSize,
          user_location: tool.userLocation && { type: 'approximate', ...tool.userLocation },
          x_search: tool.xSearch && encodeXSearch(tool.xSearch),
        }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

const encodeXSearch = (search: NonNullable<NativeSearch['xSearch']>): JsonObject => ({
  allowed_x_handles: search.allowedHandles,
  excluded_x_handles: search.excludedHandles,
  from_date: search.fromDate,
  to_date: search.toDate,
  enable_image_understanding: search.imageUnderstanding,
  enable_video_understanding: search.videoUnderstanding,
})

/** Encodes a search for Perplexity. An excluded domain has a minus before it. Source: https://docs.perplexity.ai/docs/sonar/filters */
function encodePerplexitySearch(search: NativeSearch): JsonObject {
  const { allowedDomains = [], excludedDomains = [], contextSize, userLocation } = search
  const domains = [...allowedDomains, ...excludedDomains.map((domain) => `-${domain}`)]
  const options = {
    ...(contextSize !== undefined && { search_context_size: contextSize }),
    ...(userLocation !== undefined && { user_location: withoutTimezone(userLocation) }),
  }
  return {
    ...(Object.keys(options).length > 0 && { web_search_options: options }),
    ...(domains.length > 0 && { search_domain_filter: domains }),
  }
}

const withoutTimezone = ({ city, region, country }: NonNullable<NativeSearch['userLocation']>): JsonObject => ({
  ...(city !== undefined && { city }),
  ...(region !== undefined && { region }),
  ...(country !== undefined && { country }),
})
