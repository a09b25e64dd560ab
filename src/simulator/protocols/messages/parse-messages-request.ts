import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { checkOptions } from './check-options.ts'
import { nativeName, nativeNames } from './native-tools.ts'
import { blocksOf, checkTurns } from './check-turns.ts'

export interface MessagesRequest extends ParsedRequest {
  /** The prompt tokens to write to the cache, for five minutes and for an hour. */
  readonly written: { readonly fiveMinutes: number; readonly hour: number }
}

const vertexPath = /\/publishers\/anthropic\/models\/([^/:]+):(streamRawPredict|rawPredict)$/

export const servesMessages = (path: string): boolean => path.endsWith('/messages') || vertexPath.test(path)

/** Parses a request to Anthropic itself, or to Vertex AI, where the path contains the model and the body the version. */
export function parseMessagesRequest(body: JsonObject, path: string): MessagesRequest {
  const model = modelOf(body, path)
  const turns = checkTurns(body['messages'])
  const system = body['system'] === undefined ? [] : blocksOf(body['system'], 'system', 'system')
  checkOptions(body, turns, system)
  const last = turns.at(-1)
  const choice = isObject(body['tool_choice']) ? body['tool_choice'] : {}
  const forced = choice['type'] === 'tool' ? asString(choice['name']) : null
  const tools = asArray(body['tools'])
    .filter(isObject)
    .filter((tool) => nativeName(tool) === null)
    .map((tool) => ({ name: String(tool['name']), parameters: tool['input_schema'] }))
  const isAnswered = last?.blocks.some(({ type }) => type === 'tool_result') === true
  const isForced = forced !== null || choice['type'] === 'any'
  const blocks = [...system, ...turns.flatMap((turn) => turn.blocks)]
  return {
    model,
    stream: body['stream'] === true,
    includeUsage: true,
    promptTokens: words(blocks),
    choices: 1,
    prefill: last?.role === 'assistant' ? blockText(last.blocks) : null,
    stop: asArray(body['stop_sequences']).filter((stop) => typeof stop === 'string'),
    maxTokens: asInteger(body['max_tokens']),
    tools: forced === null ? tools : tools.filter(({ name }) => name === forced),
    calling: choice['type'] === 'none' ? 'forbidden' : isForced ? 'required' : isAnswered ? 'answered' : 'allowed',
    results: blocks.filter(({ type }) => type === 'tool_result').length,
    native: choice['type'] === 'none' ? [] : nativeNames(body['tools']),
    schema: outputSchema(body['output_config']),
    written: {
      fiveMinutes: words(blocks.filter((block) => ttlOf(block) === '5m')),
      hour: words(blocks.filter((block) => ttlOf(block) === '1h')),
    },
  }
}

function modelOf(body: JsonObject, path: string): string {
  const vertex = vertexPath.exec(path.split('?', 1)[0] ?? path)
  if (vertex !== null) {
    if (body['anthropic_version'] !== 'vertex-2023-10-16') throw new InvalidRequest('anthropic_version: Field required')
    if ('model' in body) throw new InvalidRequest('model: Extra inputs are not permitted')
    if ((body['stream'] === true) !== (vertex[2] === 'streamRawPredict')) {
      throw new InvalidRequest('stream: streamRawPredict streams, rawPredict does not')
    }
    return decodeURIComponent(vertex[1] ?? '')
  }
  const model = asString(body['model'])
  if (!model) throw new InvalidRequest('model: Field required')
  return model
}

const ttlOf = ({ cache_control }: JsonObject): string | null =>
  isObject(cache_control) ? (asString(cache_control['ttl']) ?? '5m') : null

const blockText = (blocks: readonly JsonObject[]): string => blocks.map(({ text }) => asString(text) ?? '').join('')

const words = (blocks: readonly JsonObject[]): number =>
  blocks.reduce((sum, { text }) => sum + countWords(asString(text) ?? ''), 0)

function outputSchema(config: unknown): JsonObject | null {
  const format = isObject(config) ? config['format'] : undefined
  return isObject(format) && isObject(format['schema']) ? format['schema'] : null
}
