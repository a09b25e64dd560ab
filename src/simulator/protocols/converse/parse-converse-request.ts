import { asArray, asInteger, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest, type ParsedRequest, type RequestTool } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { checkMessages } from './check-messages.ts'
import { checkParameters } from './check-parameters.ts'
import { checkTools } from './check-tools.ts'

/** Parses a Converse request, and refuses what Bedrock would refuse. The model is in the path. */
export function parseConverseRequest(body: JsonObject, path: string): ParsedRequest {
  const [, id = '', streamed] = /\/model\/([^/?]+)\/converse(-stream)?/.exec(path) ?? []
  checkParameters(body)
  checkTools(body)
  checkMessages(body)
  const messages = asArray(body['messages']).filter(isObject)
  const last = messages.at(-1)
  const config = isObject(body['inferenceConfig']) ? body['inferenceConfig'] : {}
  const toolConfig = isObject(body['toolConfig']) ? body['toolConfig'] : {}
  const choice = isObject(toolConfig['toolChoice']) ? toolConfig['toolChoice'] : {}
  const forced = isObject(choice['tool']) ? asString(choice['tool']['name']) : null
  const tools = asArray(toolConfig['tools']).flatMap(requestedTool)
  const isResult = (block: JsonObject): boolean => 'toolResult' in block
  return {
    model: decodeURIComponent(id),
    stream: streamed !== undefined,
    includeUsage: true,
    promptTokens: countWords(
      [...asArray(body['system']), ...messages.flatMap((message) => blocksOf(message))].map(textOf).join(' '),
    ),
    choices: 1,
    prefill: last?.['role'] === 'assistant' ? blocksOf(last).map(textOf).join('') : null,
    stop: asArray(config['stopSequences']).filter((stop) => typeof stop === 'string'),
    maxTokens: asInteger(config['maxTokens']),
    tools: forced === null ? tools : tools.filter(({ name }) => name === forced),
    calling: blocksOf(last).some(isResult) ? 'answered' : 'any' in choice || forced !== null ? 'required' : 'allowed',
    results: messages.flatMap(blocksOf).filter(isResult).length,
    schema: schemaOf(body['outputConfig']),
  }
}

const blocksOf = (message: JsonObject | undefined): readonly JsonObject[] =>
  asArray(message?.['content']).filter(isObject)

function textOf(block: unknown): string {
  if (!isObject(block)) return ''
  if (isObject(block['toolResult'])) return asArray(block['toolResult']['content']).map(textOf).join(' ')
  return asString(block['text']) ?? ''
}

function requestedTool(tool: unknown): readonly RequestTool[] {
  const spec = isObject(tool) && isObject(tool['toolSpec']) ? tool['toolSpec'] : null
  const name = asString(spec?.['name'])
  const schema = isObject(spec?.['inputSchema']) ? spec['inputSchema']['json'] : null
  return name === null ? [] : [{ name, parameters: schema }]
}

function schemaOf(outputConfig: unknown): JsonObject | null {
  const format = isObject(outputConfig) && isObject(outputConfig['textFormat']) ? outputConfig['textFormat'] : null
  if (format === null) return null
  const structure = isObject(format['structure']) ? format['structure'] : {}
  const named = isObject(structure['jsonSchema']) ? structure['jsonSchema'] : {}
  if (format['type'] !== 'json_schema' || typeof named['schema'] !== 'string') {
    throw new InvalidRequest('outputConfig.textFormat must be a json_schema whose schema is text.')
  }
  const schema: unknown = JSON.parse(named['schema'])
  return isObject(schema) ? schema : null
}
