import { asArray, asInteger, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const names = { web_search_20250305: 'web_search', web_fetch_20250910: 'web_fetch' } as const
const shared = 'type name max_uses allowed_domains blocked_domains cache_control'
const fields = { web_search: `${shared} user_location`, web_fetch: `${shared} max_content_tokens citations` } as const

/** Returns the name of a tool that Anthropic runs itself; null for a tool of the client's. */
export function nativeName({ type }: JsonObject): 'web_search' | 'web_fetch' | null {
  return type === 'web_search_20250305' || type === 'web_fetch_20250910' ? names[type] : null
}

export const nativeNames = (tools: unknown): readonly ('web_search' | 'web_fetch')[] =>
  asArray(tools)
    .filter(isObject)
    .flatMap((tool) => nativeName(tool) ?? [])

/** @throws InvalidRequest */
export function checkNativeTool(tool: JsonObject, name: 'web_search' | 'web_fetch', place: string): void {
  const extra = Object.keys(tool).find((field) => !fields[name].split(' ').includes(field))
  if (extra !== undefined) throw new InvalidRequest(`${place}.${extra}: Extra inputs are not permitted`)
  if (tool['name'] !== name) throw new InvalidRequest(`${place}.name: Input should be '${name}'`)
  if ('allowed_domains' in tool && 'blocked_domains' in tool) {
    throw new InvalidRequest(`${place}: Cannot use both allowed_domains and blocked_domains`)
  }
  const domains = [...asArray(tool['allowed_domains']), ...asArray(tool['blocked_domains'])]
  if (domains.some((domain) => typeof domain !== 'string' || domain.includes('://'))) {
    throw new InvalidRequest(`${place}: domains must not include a scheme`)
  }
  const uses = tool['max_uses'] === undefined ? 1 : asInteger(tool['max_uses'])
  if (uses === null || uses < 1) throw new InvalidRequest(`${place}.max_uses: Input should be greater than 0`)
  const location = tool['user_location']
  if (location !== undefined && (!isObject(location) || location['type'] !== 'approximate')) {
    throw new InvalidRequest(`${place}.user_location.type: Input should be 'approximate'`)
  }
}
