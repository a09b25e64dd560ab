import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { type ParsedRequest, type RequestTool, InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { checkMessages, textOf } from './check-messages.ts'

const known: ReadonlySet<string> = new Set(
  `citation_options documents frequency_penalty k logprobs max_tokens messages model p presence_penalty priority
  response_format safety_mode seed stop_sequences stream strict_tools temperature thinking tool_choice tools`.split(
    /\s+/,
  ),
)
const bounds: Readonly<Record<string, readonly [least: number, most: number]>> = {
  p: [0.01, 0.99],
  k: [0, 500],
  frequency_penalty: [0, 1],
  presence_penalty: [0, 1],
}
const mostStops = 5
const functionName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Parses a request as Cohere does: it refuses unknown fields and values out of range. */
export function parseCohereRequest(body: JsonObject): ParsedRequest {
  const unknown = Object.keys(body).find((name) => !known.has(name))
  if (unknown !== undefined) throw new InvalidRequest(`invalid request: unknown field '${unknown}'`)
  const model = asString(body['model'])
  if (model === null || model === '') throw new InvalidRequest('model is required')
  checkBounds(body)
  const messages = asArray(body['messages'])
  checkMessages(messages)
  const stop = asArray(body['stop_sequences']).filter((text) => typeof text === 'string')
  if (stop.length > mostStops)
    throw new InvalidRequest(`invalid request: at most ${mostStops} stop sequences are allowed`)
  const tools = asArray(body['tools']).map(requestedTool)
  const choice = body['tool_choice']
  if (choice !== undefined && choice !== 'REQUIRED' && choice !== 'NONE') {
    throw new InvalidRequest('invalid request: tool_choice must be REQUIRED or NONE')
  }
  if (choice === 'REQUIRED' && tools.length === 0) throw new InvalidRequest('invalid request: tool_choice needs tools')
  const isResult = (message: unknown): boolean => isObject(message) && message['role'] === 'tool'
  return {
    model,
    stream: body['stream'] === true,
    includeUsage: true,
    choices: 1,
    stop,
    prefill: null,
    maxTokens: asInteger(body['max_tokens']),
    promptTokens: messages.reduce<number>((sum, message) => sum + countWords(textOf(message)), 0),
    tools,
    calling:
      choice === 'NONE'
        ? 'forbidden'
        : isResult(messages.at(-1))
          ? 'answered'
          : choice === 'REQUIRED'
            ? 'required'
            : 'allowed',
    results: messages.filter(isResult).length,
    schema: schema(body['response_format']),
  }
}

function checkBounds(body: JsonObject): void {
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = body[name]
    if (value === undefined) continue
    if (typeof value !== 'number' || value < least || value > most) {
      throw new InvalidRequest(`invalid request: ${name} must be between ${least} and ${most}`)
    }
  }
  const thinking = body['thinking']
  if (thinking === undefined) return
  const type = isObject(thinking) ? thinking['type'] : undefined
  if (type !== 'enabled' && type !== 'disabled') {
    throw new InvalidRequest('invalid request: thinking.type must be enabled or disabled')
  }
}

function requestedTool(tool: unknown): RequestTool {
  const called = isObject(tool) && tool['type'] === 'function' && isObject(tool['function']) ? tool['function'] : {}
  const name = asString(called['name'])
  if (name === null || !functionName.test(name)) throw new InvalidRequest(`invalid tool name: ${JSON.stringify(name)}`)
  if (!isObject(called['parameters'])) throw new InvalidRequest(`invalid tool ${name}: parameters are required`)
  return { name, parameters: called['parameters'] }
}

function schema(format: unknown): JsonObject | null {
  if (!isObject(format) || format['type'] === 'text') return null
  if (format['type'] !== 'json_object')
    throw new InvalidRequest('invalid request: response_format.type must be json_object')
  if (isObject(format['json_schema'])) return format['json_schema']
  return { type: 'object', properties: { answer: { type: 'string' }, count: { type: 'integer' } } }
}
