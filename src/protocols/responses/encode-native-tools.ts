import type { NativeSearch, XSearch } from '../../canonical/native-tool.ts'
import type { UsedNativeTool } from '../../canonical/native-tool-for.ts'
import type { UserLocation } from '../../canonical/web-engines.ts'
import type { ResponsesQuirks } from './quirks.ts'
import type { WireTool, XaiTool } from './wire.ts'

interface NativeTools {
  readonly tools: readonly (WireTool | XaiTool)[]
  /** How many calls of them one response may have. OpenAI alone knows a limit. */
  readonly maxCalls?: number
}

/** Encodes the vendor's own tools. The protocol has only one for searching, which also reads pages. */
export function encodeNativeTools(native: readonly UsedNativeTool[], { nativeTools }: ResponsesQuirks): NativeTools {
  const tool = native.map((used) => used.tool).find(({ name }) => name === 'web_search')
  if (tool?.name !== 'web_search') return { tools: [] }
  if (nativeTools === 'xai') return { tools: encodeXaiTools(tool) }
  return { tools: [encodeSearch(tool)], ...(tool.maxUses !== undefined && { maxCalls: tool.maxUses }) }
}

/** Source: https://developers.openai.com/api/docs/guides/tools-web-search */
const encodeSearch = ({ allowedDomains = [], contextSize, userLocation }: NativeSearch): WireTool => ({
  type: 'web_search',
  ...(allowedDomains.length > 0 && { filters: { allowed_domains: allowedDomains } }),
  ...(contextSize !== undefined && { search_context_size: contextSize }),
  ...(userLocation !== undefined && { user_location: encodeLocation(userLocation) }),
})

const encodeLocation = ({ city, region, country, timezone }: UserLocation) => ({
  type: 'approximate' as const,
  ...(city !== undefined && { city }),
  ...(region !== undefined && { region }),
  ...(country !== undefined && { country }),
  ...(timezone !== undefined && { timezone }),
})

/** Sources: https://docs.x.ai/developers/tools/web-search, https://docs.x.ai/developers/tools/x-search */
function encodeXaiTools({ allowedDomains = [], excludedDomains = [], xSearch }: NativeSearch): readonly XaiTool[] {
  const web: XaiTool = {
    type: 'web_search',
    ...(allowedDomains.length > 0 && { allowed_domains: allowedDomains }),
    ...(excludedDomains.length > 0 && { excluded_domains: excludedDomains }),
  }
  return xSearch === undefined ? [web] : [web, encodeXSearch(xSearch)]
}

const encodeXSearch = ({ allowedHandles = [], excludedHandles = [], ...limits }: XSearch): XaiTool => ({
  type: 'x_search',
  ...(allowedHandles.length > 0 && { allowed_x_handles: allowedHandles }),
  ...(excludedHandles.length > 0 && { excluded_x_handles: excludedHandles }),
  ...(limits.fromDate !== undefined && { from_date: limits.fromDate }),
  ...(limits.toDate !== undefined && { to_date: limits.toDate }),
  ...(limits.imageUnderstanding !== undefined && { enable_image_understanding: limits.imageUnderstanding }),
  ...(limits.videoUnderstanding !== undefined && { enable_video_understanding: limits.videoUnderstanding }),
})
