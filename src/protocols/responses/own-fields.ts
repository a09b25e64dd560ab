import type { ChatRequest, Parameters, Source } from '../../canonical/generation-request.ts'
import type { FunctionTool, Tool } from '../../canonical/tool.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { gatewayFieldNames } from '../gateway-fields/field-names.ts'
import { withoutEnlarging } from '../gateway-fields/passed-on.ts'
import { isSealed } from '../gateway-fields/sealed-thought.ts'
import { serverToolTypes } from '../gateway-fields/schema/server-tool.ts'
import { protocolName } from './name.ts'
import { openAiFormat } from './reasoning-format.ts'

/** Fields that are written here for every request, from what all protocols have in common, and fields that no upstream may get. */
const written: ReadonlySet<string> = new Set([
  ...gatewayFieldNames,
  'input',
  'instructions',
  'temperature',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'stop',
  'max_output_tokens',
  'top_logprobs',
  'reasoning',
  'text',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'include',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
  'modalities',
  'image_config',
  'prompt_cache_key',
  'prompt_cache_options',
  'safety_identifier',
  'service_tier',
])

/** Returns the fields of a request in this protocol that the gateway does not know; none for a request in another protocol. */
export const otherFields = ({ source: { protocol, body } }: ChatRequest): JsonObject =>
  protocol === protocolName
    ? withoutEnlarging(
        Object.fromEntries(
          Object.entries(body).filter(([name, value]) => !written.has(name) && value !== null && value !== undefined),
        ),
      )
    : {}

/**
 * Returns the instructions of a request in this protocol, which has a separate field for them; undefined for any other request, and where
 * they were changed.
 */
export const ownInstructions = ({ input: { messages }, source }: ChatRequest): string | undefined => {
  const first = source.stretches?.[0]
  const isKept = source.protocol === protocolName && first?.wire.length === 0 && messages[0] === first.messages[0]
  return isKept ? stringOf(source.body['instructions']) : undefined
}

/**
 * Returns the unknown parts of a field of the client's, to be sent beside the parts that are written here.
 * @param known The names of the parts that are written here.
 */
export const ownParts = (
  { source: { protocol, body } }: ChatRequest,
  field: string,
  known: readonly string[],
): JsonObject =>
  protocol === protocolName
    ? withoutEnlarging(
        Object.fromEntries(
          Object.entries(objectOf(body[field]) ?? {}).filter(
            ([name, value]) => !known.includes(name) && value !== null,
          ),
        ),
      )
    : {}

/** The entries of `tools` as the client wrote them in this language, each once for every tool in it. */
const entriesOf = ({ body }: Source): readonly unknown[] =>
  arrayOf(body['tools']).flatMap((entry) => {
    const count = objectOf(entry)?.['type'] === 'namespace' ? arrayOf(objectOf(entry)?.['tools']).length : 1
    return Array.from({ length: count }, () => entry)
  })

/**
 * Returns the one entry of `tools` that the client wrote for exactly these tools; undefined where one of them was changed or the entry
 * holds others.
 */
export function ownTools(tools: readonly FunctionTool[], source: Source): JsonObject | undefined {
  const [first, ...others] = tools
  const entry = first === undefined ? undefined : ownTool(first, source)
  if (entry === undefined || others.some((tool) => ownTool(tool, source) !== entry)) return undefined
  return entriesOf(source).filter((other) => other === entry).length === tools.length ? entry : undefined
}

/** Returns the entry of `tools` in which the client wrote a tool in this protocol; undefined where the tool was changed. */
export function ownTool(tool: Tool, source: Source): JsonObject | undefined {
  const { protocol, parameters } = source
  if (protocol !== protocolName) return undefined
  const asked = tool.type === 'function' ? (tool.standsFor ?? tool) : tool
  const place = parameters.tools?.indexOf(asked) ?? -1
  const came = place === -1 ? undefined : entriesOf(source)[place]
  if (!isObject(came)) return undefined
  // OpenAI's name for its search is also a name of the gateway's search.
  if (asked.type === 'server' && (tool.type === 'function' || String(came['type']).startsWith('openrouter:'))) {
    return tool.type === 'function' && isSearch(came) ? came : undefined
  }
  return came
}

const isSearch = ({ type }: JsonObject): boolean =>
  !String(type).startsWith('openrouter:') && serverToolTypes.includes(String(type))

/** Returns the choice of a tool as the client wrote it, if the same choice is to be sent; otherwise undefined. */
export function ownChoice({ source, parameters }: ChatRequest, sent: Parameters['toolChoice']): JsonObject | undefined {
  const isSame =
    source.protocol === protocolName &&
    parameters.toolChoice === source.parameters.toolChoice &&
    parameters.allowedTools === source.parameters.allowedTools &&
    sent === parameters.toolChoice
  return isSame ? objectOf(source.body['tool_choice']) : undefined
}

/**
 * Tells whether an upstream can read an item that a client wrote: not the thoughts of other vendors, nor the runs of the gateway's own
 * tools.
 */
export function isReadBy(item: JsonObject, format: string): boolean {
  if (String(item['type']).startsWith('openrouter:')) return false
  if (item['type'] !== 'reasoning') return true
  const encrypted = stringOf(item['encrypted_content']) ?? ''
  return !isSealed(encrypted) && (stringOf(item['format']) ?? openAiFormat) === format
}
