import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import type { Turn } from './check-turns.ts'
import { checkNativeTool, nativeName } from './native-tools.ts'

const toolName = /^[a-zA-Z0-9_-]{1,128}$/
const fields = new Set(
  `model anthropic_version max_tokens system messages tools tool_choice thinking output_config temperature top_p top_k
  stop_sequences metadata service_tier stream cache_control container inference_geo speed`.split(/\s+/),
)

/**
 * Checks everything except the conversation, and refuses what Anthropic refuses.
 * @throws InvalidRequest
 */
export function checkOptions(body: JsonObject, turns: readonly Turn[], system: readonly JsonObject[]): void {
  const extra = Object.keys(body).find((name) => !fields.has(name))
  if (extra !== undefined) throw new InvalidRequest(`${extra}: Extra inputs are not permitted`)
  const maxTokens = asInteger(body['max_tokens'])
  if (maxTokens === null || maxTokens < 1) throw new InvalidRequest('max_tokens: Field required')
  checkTools(body)
  checkThinking(body, maxTokens, turns)
  checkNumber(body, 'temperature', 0, 1)
  checkNumber(body, 'top_p', 0, 1)
  for (const stop of asArray(body['stop_sequences'])) {
    if (!asString(stop)?.trim()) {
      throw new InvalidRequest('stop_sequences: each stop sequence must contain non-whitespace')
    }
  }
  const userId = isObject(body['metadata']) ? asString(body['metadata']['user_id']) : null
  if (userId !== null && userId.length > 256)
    throw new InvalidRequest('metadata.user_id: String should have at most 256 characters')
  checkBreakpoints([
    ...asArray(body['tools']).filter(isObject),
    ...system,
    ...turns.flatMap((turn) => turn.blocks.flatMap((block) => [...asArray(block['content']).filter(isObject), block])),
  ])
  const format = isObject(body['output_config']) ? body['output_config']['format'] : undefined
  if (isObject(format)) checkOutputSchema(format['schema'], 'output_config.format.schema')
}

/** Checks the cache breakpoints. `blocks` are in the order in which the vendor reads them. */
function checkBreakpoints(blocks: readonly JsonObject[]): void {
  const marked = blocks.filter((block) => isObject(block['cache_control']))
  if (marked.length > 4) {
    throw new InvalidRequest(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`)
  }
  if (marked.some(({ type }) => type === 'thinking' || type === 'redacted_thinking')) {
    throw new InvalidRequest('cache_control: cannot be set on thinking blocks')
  }
  const isLong = ({ cache_control: mark }: JsonObject): boolean => isObject(mark) && mark['ttl'] === '1h'
  const firstShort = marked.findIndex((block) => !isLong(block))
  if (firstShort >= 0 && marked.slice(firstShort).some(isLong)) {
    throw new InvalidRequest(
      "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
    )
  }
}

function checkNumber(body: JsonObject, name: string, least: number, most: number): void {
  const value = body[name]
  if (value === undefined || (typeof value === 'number' && value >= least && value <= most)) return
  throw new InvalidRequest(`${name}: range: ${least}..${most}`)
}

function checkTools(body: JsonObject): void {
  const names = new Set<string>()
  for (const [index, tool] of asArray(body['tools']).entries()) {
    if (!isObject(tool)) throw new InvalidRequest(`tools.${index}: Input should be an object`)
    const name = asString(tool['name']) ?? ''
    if (!toolName.test(name)) {
      throw new InvalidRequest(`tools.${index}.custom.name: String should match pattern '${toolName.source}'`)
    }
    if (names.has(name)) throw new InvalidRequest('tools: Tool names must be unique.')
    names.add(name)
    const native = nativeName(tool)
    if (native !== null) {
      checkNativeTool(tool, native, `tools.${index}.${String(tool['type'])}`)
      continue
    }
    if (tool['type'] !== undefined && tool['type'] !== 'custom') {
      throw new InvalidRequest(`tools.${index}: Input tag is unknown`)
    }
    const schema = tool['input_schema']
    if (!isObject(schema) || schema['type'] !== 'object') {
      throw new InvalidRequest(`tools.${index}.custom.input_schema.type: Input should be 'object'`)
    }
    if (tool['strict'] === true) checkOutputSchema(schema, `tools.${index}.custom.input_schema`)
    if ('anyOf' in schema || 'oneOf' in schema || 'allOf' in schema) {
      throw new InvalidRequest(
        `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      )
    }
  }
  const choice = body['tool_choice']
  if (choice === undefined) return
  if (!isObject(choice) || !['auto', 'any', 'tool', 'none'].includes(String(choice['type']))) {
    throw new InvalidRequest('tool_choice: Input tag must be auto, any, tool or none')
  }
  if (names.size === 0) throw new InvalidRequest('tool_choice: may only be specified while providing tools')
  if (choice['type'] === 'tool' && !names.has(String(choice['name']))) {
    throw new InvalidRequest(`Tool '${String(choice['name'])}' not found in provided tools`)
  }
}

function checkThinking(body: JsonObject, maxTokens: number, turns: readonly Turn[]): void {
  const thinking = body['thinking']
  if (!isObject(thinking) || thinking['type'] === 'disabled' || thinking['type'] === 'between_tools') return
  const isBudgeted = thinking['type'] === 'enabled'
  if (!isBudgeted && thinking['type'] !== 'adaptive') throw new InvalidRequest('thinking: Input tag is unknown')
  if (isBudgeted) {
    const budget = asInteger(thinking['budget_tokens']) ?? 0
    if (budget < 1024)
      throw new InvalidRequest('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
    if (budget >= maxTokens) throw new InvalidRequest('`max_tokens` must be greater than `thinking.budget_tokens`.')
    checkBeginsWithThought(turns)
  }
  const choice = isObject(body['tool_choice']) ? body['tool_choice']['type'] : undefined
  if (choice === 'any' || choice === 'tool')
    throw new InvalidRequest('Thinking may not be enabled when tool_choice forces tool use.')
  const { temperature, top_k, top_p } = body
  if (temperature !== undefined && temperature !== 1) {
    throw new InvalidRequest('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if (top_k !== undefined) throw new InvalidRequest('`top_k` must be unset when thinking is enabled.')
  if (typeof top_p === 'number' && top_p < 0.95)
    throw new InvalidRequest('`top_p` must be at least 0.95 when thinking is enabled.')
}

/** Checks that the assistant's turn before a tool result began with a thinking block. */
function checkBeginsWithThought(turns: readonly Turn[]): void {
  const last = turns.at(-1)
  const index = turns.findLastIndex(({ role }) => role === 'assistant')
  const goesOn = last?.role === 'assistant' || last?.blocks.some(({ type }) => type === 'tool_result') === true
  const first = turns[index]?.blocks[0]?.['type']
  if (!goesOn || first === undefined || first === 'thinking' || first === 'redacted_thinking') return
  throw new InvalidRequest(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ${JSON.stringify(first)}. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
  )
}

const schemaWords = new Set(
  `type title description default enum const properties required items anyOf allOf $ref $defs definitions format minItems
  additionalProperties`.split(/\s+/),
)

function checkOutputSchema(schema: unknown, place: string): void {
  if (!isObject(schema)) throw new InvalidRequest(`${place}: Input should be an object`)
  const unknown = Object.keys(schema).find((word) => !schemaWords.has(word))
  if (unknown !== undefined)
    throw new InvalidRequest(`${place}: For '${String(schema['type'])}' type, property '${unknown}' is not supported`)
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) {
    throw new InvalidRequest(`${place}: For 'object' type, 'additionalProperties' must be explicitly set to false`)
  }
  const { properties, $defs, items } = schema
  for (const inner of [properties, $defs]) {
    for (const [name, value] of Object.entries(isObject(inner) ? inner : {}))
      checkOutputSchema(value, `${place}.${name}`)
  }
  if (items !== undefined) checkOutputSchema(items, `${place}.items`)
  for (const value of [...asArray(schema['anyOf']), ...asArray(schema['allOf'])]) checkOutputSchema(value, place)
}
