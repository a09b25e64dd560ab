import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { checkNativeTools } from './native-tools.ts'

const requestFields =
  'contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent labels serviceTier'
const configFields =
  'maxOutputTokens temperature topP topK seed frequencyPenalty presencePenalty stopSequences responseLogprobs logprobs ' +
  'responseMimeType responseSchema responseJsonSchema responseModalities thinkingConfig imageConfig speechConfig candidateCount'
const declarationFields = 'name description parameters parametersJsonSchema response responseJsonSchema behavior'
const functionName = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/
const mostStops = 5

/** Checks everything except the conversation. `isOld` means a model before Gemini 3. */
export function checkOptions(body: JsonObject, isOld: boolean): void {
  onlyKnown(body, requestFields, '')
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {}
  onlyKnown(config, configFields, 'generation_config.')
  if (asArray(config['stopSequences']).length > mostStops)
    throw new InvalidRequest(`The number of stop sequences must be at most ${mostStops}.`)
  checkThinking(config['thinkingConfig'], isOld)
  checkSpeech(config['speechConfig'])
  const isJson = config['responseMimeType'] === 'application/json'
  if (!isJson && ('responseSchema' in config || 'responseJsonSchema' in config)) {
    throw new InvalidRequest('Setting a response schema requires a response mime type of application/json')
  }
  if ('responseSchema' in config && 'responseJsonSchema' in config) {
    throw new InvalidRequest('response_schema and response_json_schema are mutually exclusive')
  }
  const declared = declarations(body)
  for (const declaration of declared) checkDeclaration(declaration)
  if (isJson && isOld && declared.length > 0) {
    throw new InvalidRequest("Function calling with a response mime type: 'application/json' is unsupported")
  }
  checkNativeTools(body, isOld, declared.length > 0, isJson)
  checkChoice(body, declared)
}

export const declarations = (body: JsonObject): readonly JsonObject[] =>
  asArray(body['tools'])
    .flatMap((tool) => (isObject(tool) ? asArray(tool['functionDeclarations']) : []))
    .filter(isObject)

export function callingConfig(body: JsonObject): JsonObject {
  const config = isObject(body['toolConfig']) ? body['toolConfig']['functionCallingConfig'] : undefined
  return isObject(config) ? config : {}
}

function onlyKnown(value: JsonObject, fields: string, path: string): void {
  const known = new Set(fields.split(' '))
  const unknown = Object.keys(value).find((name) => !known.has(name))
  if (unknown === undefined) return
  throw new InvalidRequest(`Invalid JSON payload received. Unknown name "${path}${unknown}": Cannot find field.`)
}

/** "Exactly two speaker voice configurations must be provided." */
function checkSpeech(speech: unknown): void {
  if (!isObject(speech) || speech['multiSpeakerVoiceConfig'] === undefined) return
  const { multiSpeakerVoiceConfig: several, voiceConfig } = speech
  if (voiceConfig !== undefined)
    throw new InvalidRequest('voice_config and multi_speaker_voice_config are mutually exclusive.')
  const speakers = isObject(several) ? asArray(several['speakerVoiceConfigs']).filter(isObject) : []
  const isComplete = speakers.every(({ speaker, voiceConfig: voice }) => asString(speaker) && isObject(voice))
  if (speakers.length !== 2 || !isComplete) {
    throw new InvalidRequest(
      'multi_speaker_voice_config must have exactly two speakers, each with a name and a voice_config.',
    )
  }
}

function checkThinking(thinking: unknown, isOld: boolean): void {
  if (!isObject(thinking)) return
  const { thinkingLevel, thinkingBudget } = thinking
  if (thinkingLevel !== undefined && thinkingBudget !== undefined) {
    throw new InvalidRequest('You can only set only one of thinking budget and thinking level.')
  }
  if (thinkingLevel !== undefined && isOld) throw new InvalidRequest('Thinking level is not supported for this model.')
  oneOf(thinkingLevel, ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'], 'generation_config.thinking_config.thinking_level')
}

function checkDeclaration(declaration: JsonObject): void {
  onlyKnown(declaration, declarationFields, 'tools.function_declarations.')
  if (!functionName.test(asString(declaration['name']) ?? '')) {
    throw new InvalidRequest('Invalid function name. Must start with a letter or an underscore.')
  }
  const schema = declaration['parametersJsonSchema']
  if (schema !== undefined && 'parameters' in declaration) {
    throw new InvalidRequest('parameters and parameters_json_schema are mutually exclusive')
  }
  if (schema !== undefined) checkSchema(schema)
}

/** Checks the targets of references, and refuses keywords that Google's JSON Schema lacks. */
function checkSchema(schema: unknown): void {
  if (!isObject(schema)) throw new InvalidRequest('parameters_json_schema: must be an object')
  if ('$ref' in schema) throw new InvalidRequest('parameters_json_schema: the root must not be a $ref')
  checkReferences(schema)
  checkNode(schema, schema)
}

const unheeded = ['const', 'allOf', 'definitions', 'additionalItems', 'nullable']

function checkNode(node: JsonObject, root: JsonObject): void {
  const odd = unheeded.find((keyword) => keyword in node)
  if (odd !== undefined) throw new InvalidRequest(`parameters_json_schema: "${odd}" is not supported`)
  if (asArray(node['enum']).some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw new InvalidRequest('parameters_json_schema: enum must hold strings or numbers')
  }
  if (Array.isArray(node['items'])) throw new InvalidRequest('parameters_json_schema: items must be a schema')
  const { properties } = node
  if (isObject(properties) && asArray(node['required']).some((name) => !(String(name) in properties))) {
    throw new InvalidRequest('required[0]: property is not defined')
  }
  if (typeof node['$ref'] === 'string' && !node['$ref'].startsWith('#/$defs/')) {
    throw new InvalidRequest(`parameters_json_schema: the reference ${node['$ref']} is not under $defs`)
  }
  const name = asString(node['$ref'])?.slice('#/$defs/'.length)
  if (name !== undefined && !isObject(isObject(root['$defs']) ? root['$defs'][unescaped(name)] : undefined)) {
    throw new InvalidRequest(`parameters_json_schema: $ref ${name} leads nowhere`)
  }
  for (const inner of [properties, node['$defs']]) {
    if (isObject(inner)) Object.values(inner).forEach((value) => isObject(value) && checkNode(value, root))
  }
  for (const inner of [node['items'], node['additionalProperties']]) if (isObject(inner)) checkNode(inner, root)
  for (const keyword of ['anyOf', 'oneOf', 'prefixItems']) {
    asArray(node[keyword]).forEach((value) => isObject(value) && checkNode(value, root))
  }
}

const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~')

/** Checks that a schema with `$ref` has no other keywords, except those that begin with a dollar sign. */
function checkReferences(schema: unknown): void {
  if (Array.isArray(schema)) return schema.forEach(checkReferences)
  if (!isObject(schema)) return
  const isReference = typeof schema['$ref'] === 'string'
  if (isReference && Object.keys(schema).some((keyword) => !keyword.startsWith('$'))) {
    throw new InvalidRequest('A schema with $ref may only have other fields that start with $')
  }
  Object.values(schema).forEach(checkReferences)
}

function checkChoice(body: JsonObject, declared: readonly JsonObject[]): void {
  const { mode, allowedFunctionNames } = callingConfig(body)
  oneOf(mode, ['AUTO', 'ANY', 'NONE', 'VALIDATED'], 'tool_config.function_calling_config.mode')
  const allowed = asArray(allowedFunctionNames)
  if (allowed.length > 0 && mode !== 'ANY')
    throw new InvalidRequest('Allowed function names should only be set when the mode is ANY.')
  const names = new Set(declared.map(({ name }) => name))
  if (allowed.some((name) => !names.has(name)))
    throw new InvalidRequest('allowed_function_names: a name is not declared')
}

function oneOf(value: unknown, words: readonly string[], path: string): void {
  if (value !== undefined && !words.some((word) => word === value)) {
    throw new InvalidRequest(`Invalid value at '${path}': ${JSON.stringify(value)}`)
  }
}
