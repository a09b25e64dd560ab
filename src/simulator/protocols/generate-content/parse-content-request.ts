import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { type ParsedRequest, type RequestTool, InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { requestedAlternatives } from '../token-logprob.ts'
import { callsOf, checkContents, type Content, resultsOf, textOf } from './check-contents.ts'
import { callingConfig, checkOptions, declarations } from './check-options.ts'
import { nativeNames } from './native-tools.ts'

export interface ContentRequest extends ParsedRequest {
  readonly includeThoughts: boolean
  /** The number of alternatives to list for each token; null means no log probabilities. */
  readonly topLogprobs: number | null
  readonly streamArguments: boolean
}

const address = /\/models\/([^/:?]+):(streamGenerateContent|generateContent)$/

export const servesContents = (path: string): boolean => address.test(path)

/** Parses a request to the Gemini API or Vertex AI. The path contains the model, and whether the reply is a stream. */
export function parseContentRequest(body: JsonObject, path: string): ContentRequest {
  const [place = '', query = ''] = path.split('?')
  const [, name = '', method] = address.exec(place) ?? []
  const model = decodeURIComponent(name)
  const stream = method === 'streamGenerateContent'
  if (stream && new URLSearchParams(query).get('alt') !== 'sse') {
    throw new InvalidRequest('The simulator streams server-sent events only: add ?alt=sse.')
  }
  const isOld = /gemini-[12]/.test(model)
  const contents = checkContents(body['contents'], !isOld)
  checkOptions(body, isOld)
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {}
  const thinking = isObject(config['thinkingConfig']) ? config['thinkingConfig'] : {}
  const last = contents.at(-1)
  return {
    model,
    stream,
    includeUsage: true,
    choices: 1,
    promptTokens:
      countWords(systemText(body)) + contents.reduce((sum, content) => sum + countWords(textOf(content)), 0),
    prefill: last?.role === 'model' ? textOf(last) : null,
    stop: asArray(config['stopSequences']).filter((stop) => typeof stop === 'string'),
    maxTokens: asInteger(config['maxOutputTokens']),
    ...calling(body, contents),
    native: nativeNames(body),
    schema: schemaOf(config),
    includeThoughts: thinking['includeThoughts'] === true,
    topLogprobs: config['responseLogprobs'] === true ? requestedAlternatives(config['logprobs']) : null,
    streamArguments: stream && callingConfig(body)['streamFunctionCallArguments'] === true,
  }
}

/** Returns the functions that may be called. A request that must call a function, and has already called some, calls another one. */
function calling(body: JsonObject, contents: readonly Content[]): Pick<ParsedRequest, 'tools' | 'calling' | 'results'> {
  const { mode, allowedFunctionNames } = callingConfig(body)
  const allowed = asArray(allowedFunctionNames)
  const called = new Set(contents.flatMap(callsOf).map(({ name }) => name))
  const isAnswered = resultsOf(contents.at(-1)).length > 0
  const offered = declarations(body).map(requestedTool)
  const permitted = offered.filter(({ name }) => allowed.length === 0 || allowed.includes(name))
  const isForced = mode === 'ANY'
  return {
    tools: isForced && isAnswered ? permitted.filter(({ name }) => !called.has(name)) : permitted,
    calling: mode === 'NONE' ? 'forbidden' : isForced ? 'required' : isAnswered ? 'answered' : 'allowed',
    results: contents.reduce((sum, content) => sum + resultsOf(content).length, 0),
  }
}

const requestedTool = ({ name, parameters, parametersJsonSchema }: JsonObject): RequestTool => ({
  name: String(name),
  parameters: parametersJsonSchema ?? parameters ?? { type: 'object' },
})

function systemText(body: JsonObject): string {
  const system = body['systemInstruction']
  const parts = isObject(system) ? asArray(system['parts']) : []
  return parts.map((part) => (isObject(part) ? (asString(part['text']) ?? '') : '')).join(' ')
}

function schemaOf(config: JsonObject): JsonObject | null {
  if (config['responseMimeType'] !== 'application/json') return null
  const schema = config['responseJsonSchema'] ?? config['responseSchema']
  if (isObject(schema)) return schema
  return { type: 'object', properties: { answer: { type: 'string' }, count: { type: 'integer' } } }
}
