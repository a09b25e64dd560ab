import type { NativeTool } from '../../canonical/native-tool.ts'
import type { UsedNativeTool } from '../../canonical/native-tool-for.ts'
import type { UserLocation } from '../../canonical/web-engines.ts'
import type { JsonObject } from '../../util/json.ts'

/** Encodes a tool that Anthropic runs itself. Its results and citations come back as blocks of their own. */
export const encodeNativeTool = ({ tool, type }: UsedNativeTool): JsonObject => ({
  type,
  name: tool.name,
  ...(tool.maxUses !== undefined && { max_uses: tool.maxUses }),
  ...encodeDomains(tool),
  ...(tool.name === 'web_search' && tool.userLocation !== undefined && encodeLocation(tool.userLocation)),
  ...(tool.name === 'web_fetch' &&
    tool.maxContentTokens !== undefined && { max_content_tokens: tool.maxContentTokens }),
})

const encodeDomains = ({ allowedDomains = [], excludedDomains = [] }: NativeTool): JsonObject => ({
  ...(allowedDomains.length > 0 && { allowed_domains: allowedDomains }),
  ...(excludedDomains.length > 0 && { blocked_domains: excludedDomains }),
})

const encodeLocation = ({ city, region, country, timezone }: UserLocation): JsonObject => ({
  user_location: {
    type: 'approximate',
    ...(city !== undefined && { city }),
    ...(region !== undefined && { region }),
    ...(country !== undefined && { country }),
    ...(timezone !== undefined && { timezone }),
  },
})
