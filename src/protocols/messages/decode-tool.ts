import type { Tool } from '../../canonical/tool.ts'
import { serverToolParameters, serverToolTypes } from '../gateway-fields/schema/server-tool.ts'
import type { WireServerTool } from '../gateway-fields/schema/server-tool.ts'
import { isObject, stringOf } from '../../util/json.ts'
import { decodeMark } from './decode-blocks.ts'
import { protocolName } from './name.ts'
import type { WireTool } from './schema/tool.ts'
import { search } from '../../util/pattern.ts'

const types: ReadonlySet<string> = new Set(serverToolTypes)

const isServerTool = (tool: WireTool): tool is WireServerTool => typeof tool.type === 'string' && types.has(tool.type)
const isCustom = (tool: WireTool): tool is Extract<WireTool, { input_schema: unknown }> =>
  tool.type === 'custom' || tool.type === null || tool.type === undefined

/** Anthropic's search and its reading of pages: the gateway's own do the same on every model. */
const webSearch = /^web_search_\d{8}$/
const webFetch = /^web_fetch_\d{8}$/

/** Decodes an entry of `tools`. A tool of Anthropic's that no other language has goes to where it is known. */
export function decodeTool(tool: WireTool): Tool {
  if (isServerTool(tool)) return { type: 'server', name: tool.type, parameters: serverToolParameters(tool) }
  if (isCustom(tool)) {
    return {
      type: 'function',
      name: tool.name,
      description: tool.description ?? undefined,
      parameters: tool.input_schema,
      strict: tool.strict ?? undefined,
      cacheControl: decodeMark(tool.cache_control),
    }
  }
  const limits = { max_uses: tool.max_uses, allowed_domains: tool.allowed_domains }
  if (search(webSearch, tool.type) !== null) {
    const parameters = { ...limits, excluded_domains: tool.blocked_domains, user_location: locationOf(tool) }
    return { type: 'server', name: 'openrouter:web_search', parameters }
  }
  if (search(webFetch, tool.type) !== null) {
    const parameters = { ...limits, blocked_domains: tool.blocked_domains, max_content_tokens: tool.max_content_tokens }
    return { type: 'server', name: 'openrouter:web_fetch', parameters }
  }
  return { type: 'vendor', name: tool.name ?? tool.type, item: { language: protocolName, value: { ...tool } } }
}

/** The parts that the search knows, where they are texts. */
function locationOf({ user_location: place }: { readonly user_location?: unknown }) {
  if (!isObject(place)) return undefined
  const part = (name: string) => stringOf(place[name])
  return {
    type: 'approximate',
    city: part('city'),
    region: part('region'),
    country: part('country'),
    timezone: part('timezone'),
  }
}
