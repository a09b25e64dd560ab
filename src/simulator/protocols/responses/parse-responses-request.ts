import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { type ParsedRequest, InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { requestedAlternatives } from '../token-logprob.ts'
import { checkInput } from './check-input.ts'
import { customTools, requestedTools } from './response-tools.ts'

export interface ResponsesRequest extends ParsedRequest {
  /** Whether the tools of the provider's own are xAI's. */
  readonly isXai: boolean
  /** Whether the request wants encrypted reasoning. */
  readonly encrypts: boolean
  /** The number of alternatives to list for each token; null means no log probabilities. */
  readonly topLogprobs: number | null
  /** The names of the tools that take free text. */
  readonly customTools: ReadonlySet<string>
}

const known: ReadonlySet<string> = new Set(
  `background include input instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls
  prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream
  stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
)
const includable: ReadonlySet<unknown> = new Set(['reasoning.encrypted_content', 'message.output_text.logprobs'])
const leastTokens = 16

/** Parses a request as OpenAI does: it refuses unknown fields. */
export function parseResponsesRequest(body: JsonObject, path: string): ResponsesRequest {
  const isXai = path.startsWith('/xai/')
  const unknown = Object.keys(body).find((name) => !known.has(name))
  if (unknown !== undefined) throw new InvalidRequest(`Unknown parameter: '${unknown}'.`)
  const model = asString(body['model'])
  if (model === null || model === '') throw new InvalidRequest("Missing required parameter: 'model'.")
  if (body['store'] !== false) throw new InvalidRequest('The simulator stores nothing: send "store": false.')
  const include = asArray(body['include'])
  const strange = include.find((value) => !includable.has(value))
  if (strange !== undefined) throw new InvalidRequest(`Invalid value: ${JSON.stringify(strange)} in 'include'.`)
  const maxTokens = asInteger(body['max_output_tokens'])
  if (maxTokens !== null && maxTokens < leastTokens) {
    throw new InvalidRequest(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${leastTokens}.`,
    )
  }
  const items = asArray(body['input'])
  checkInput(items)
  return {
    model,
    stream: body['stream'] === true,
    includeUsage: true,
    choices: 1,
    stop: [],
    prefill: null,
    maxTokens,
    promptTokens: items.reduce<number>((sum, item) => sum + countWords(itemText(item)), 0),
    schema: schema(body['text']),
    ...requestedTools(body, items, isXai),
    isXai,
    customTools: customTools(body),
    encrypts: include.includes('reasoning.encrypted_content'),
    topLogprobs: include.includes('message.output_text.logprobs') ? requestedAlternatives(body['top_logprobs']) : null,
  }
}

function itemText(item: unknown): string {
  const content = isObject(item) ? (item['content'] ?? item['output']) : null
  if (typeof content === 'string') return content
  return asArray(content)
    .map((part) => (isObject(part) ? (asString(part['text']) ?? '') : ''))
    .join('')
}

function schema(text: unknown): JsonObject | null {
  const format = isObject(text) && isObject(text['format']) ? text['format'] : null
  if (format === null || format['type'] === 'text') return null
  if (format['type'] === 'json_object') {
    return { type: 'object', properties: { answer: { type: 'string' }, count: { type: 'integer' } } }
  }
  if (format['type'] !== 'json_schema')
    throw new InvalidRequest(`Invalid value: '${String(format['type'])}' in 'text.format'.`)
  if (asString(format['name']) === null) throw new InvalidRequest("Missing required parameter: 'text.format.name'.")
  if (!isObject(format['schema'])) throw new InvalidRequest("Missing required parameter: 'text.format.schema'.")
  return format['schema']
}
