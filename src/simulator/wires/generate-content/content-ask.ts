import { type Ask, type AskedTool, BadAsk } from '../../ask.ts'
import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { countWords } from '../../simulated-text.ts'
import { askedRivals } from '../token-logprob.ts'
import { callsOf, checkContents, type Content, resultsOf, textOf } from './check-contents.ts'
import { callingConfig, checkOptions, declarations } from './check-options.ts'

export interface ContentAsk extends Ask {
  readonly includeThoughts: boolean
  /** How many rivals each token shows; null without log probabilities. */
  readonly topLogprobs: number | null
  readonly streamArguments: boolean
}

const address = /\/models\/([^/:?]+):(streamGenerateContent|generateContent)$/

export const servesContents = (path: string): boolean => address.test(path)

/** Reads a request to the Gemini API or Vertex AI; the path names the model and says whether the reply is a stream. */
export function contentAsk(body: JsonObject, path: string): ContentAsk {
  const [place = '', query = ''] = path.split('?')
  const [, name = '', method] = address.exec(place) ?? []
  const model = decodeURIComponent(name)
  const stream = method === 'streamGenerateContent'
  if (stream && new URLSearchParams(query).get('alt') !== 'sse') {
    throw new BadAsk('The simulator streams server-sent events only: add ?alt=sse.')
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
    schema: schemaOf(config),
    includeThoughts: thinking['includeThoughts'] === true,
    topLogprobs: config['responseLogprobs'] === true ? askedRivals(config['logprobs']) : null,
    streamArguments: stream && callingConfig(body)['streamFunctionCallArguments'] === true,
  }
}

/** Which functions may be called. One that must call something, and has called some already, calls another. */
function calling(body: JsonObject, contents: readonly Content[]): Pick<Ask, 'tools' | 'calling'> {
  const { mode, allowedFunctionNames } = callingConfig(body)
  const allowed = asArray(allowedFunctionNames)
  const called = new Set(contents.flatMap(callsOf).map(({ name }) => name))
  const isAnswered = resultsOf(contents.at(-1)).length > 0
  const offered = declarations(body).map(askedTool)
  const permitted = offered.filter(({ name }) => allowed.length === 0 || allowed.includes(name))
  const isForced = mode === 'ANY'
  return {
    tools: isForced && isAnswered ? permitted.filter(({ name }) => !called.has(name)) : permitted,
    calling: mode === 'NONE' || (isAnswered && !isForced) ? 'forbidden' : isForced ? 'required' : 'allowed',
  }
}

const askedTool = ({ name, parameters, parametersJsonSchema }: JsonObject): AskedTool => ({
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
