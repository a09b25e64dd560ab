import { isObject, type JsonObject } from '../util/json.ts'

/**
 * The fields by which the gateway decides, checks or bills, with their names in all languages of upstreams. They may only come from the
 * request's own fields.
 */
const notTheirs: ReadonlySet<string> = new Set(
  `model models route provider plugins preset transforms
  messages prompt input contents system instructions systemInstruction system_instruction
  conversation previous_response_id cachedContent cached_content mcp_servers background
  tools tool_choice toolConfig tool_config
  stream stream_options max_tokens max_completion_tokens max_output_tokens
  service_tier serviceTier speed user metadata
  __proto__`.split(/\s+/),
)

/**
 * Adds the fields that the client has for this provider alone to a body (contract §1.2). Fields that the body already has stay as they are.
 */
export function withProviderOptions(body: JsonObject, options: JsonObject | undefined): JsonObject {
  if (options === undefined) return body
  return completed(body, Object.fromEntries(Object.entries(options).filter(([name]) => !notTheirs.has(name))))
}

function completed(body: JsonObject, options: JsonObject): JsonObject {
  const added = Object.entries(options).flatMap(([name, value]) => {
    const written = body[name]
    if (written === undefined) return [[name, value] as const]
    return isObject(written) && isObject(value) ? [[name, completed(written, value)] as const] : []
  })
  return { ...body, ...Object.fromEntries(added) }
}
