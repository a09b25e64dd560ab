import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

/**
 * Checks a chat, and refuses what OpenAI, vLLM and most compatible hosts refuse.
 * @throws InvalidRequest
 */
export function checkChat(body: JsonObject): void {
  const { tools, stop } = body
  if (Array.isArray(tools) && tools.length === 0) {
    throw new InvalidRequest(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    )
  }
  if (tools === undefined) {
    for (const field of ['tool_choice', 'parallel_tool_calls']) {
      if (field in body) throw new InvalidRequest(`'${field}' is only allowed when 'tools' are specified.`)
    }
  }
  if (stop === '' || (Array.isArray(stop) && (stop.length === 0 || stop.includes('')))) {
    throw new InvalidRequest("Invalid 'stop': empty string.")
  }
}

const functionName = /^[a-zA-Z0-9_-]{1,64}$/
const speakerName = /^[^\s<|\\/>]{1,64}$/
const longestId = 40

/**
 * Checks the limits of OpenAI itself.
 * @throws InvalidRequest
 */
export function checkOpenAiLimits(body: JsonObject): void {
  for (const [index, message] of asArray(body['messages']).filter(isObject).entries()) {
    checkMessage(message, `messages[${index}]`)
  }
  for (const [index, tool] of asArray(body['tools']).filter(isObject).entries()) {
    const called = isObject(tool['function']) ? tool['function'] : {}
    if ('cache_control' in tool || 'cache_control' in called) {
      throw new InvalidRequest(`Unknown parameter: 'tools[${index}].cache_control'.`)
    }
    if ('parameters' in called) checkSchema(called['parameters'], String(called['name']), `tools[${index}].function`)
  }
}

function checkMessage(message: JsonObject, place: string): void {
  const ids = [message['tool_call_id'], ...asArray(message['tool_calls']).map((call) => isObject(call) && call['id'])]
  for (const id of ids) {
    const length = asString(id)?.length
    if (length === 0 || (length ?? 0) > longestId) {
      throw new InvalidRequest(
        `Invalid '${place}.tool_calls[0].id': string too long. Expected a string with maximum length ${longestId}, but got a string with length ${length} instead.`,
      )
    }
  }
  for (const call of asArray(message['tool_calls'])) {
    const called = isObject(call) && isObject(call['function']) ? call['function'] : {}
    if (!functionName.test(asString(called['name']) ?? '')) {
      throw new InvalidRequest(`Invalid '${place}.tool_calls[0].function.name': string does not match pattern.`)
    }
  }
  const name = asString(message['name'])
  if (name !== null && !speakerName.test(name)) {
    throw new InvalidRequest(`Invalid '${place}.name': string does not match pattern. Expected '^[^\\s<|\\\\/>]+$'.`)
  }
  const isText = (part: unknown): boolean => isObject(part) && part['type'] === 'text'
  if (message['role'] === 'tool' && !asArray(message['content']).every(isText)) {
    throw new InvalidRequest(`Invalid '${place}': Image URLs are only allowed for messages with role 'user'.`)
  }
}

function checkSchema(schema: unknown, name: string, place: string): void {
  const refuse = (problem: string): never => {
    throw new InvalidRequest(`Invalid schema for function '${name}': In context=(), ${problem}. (${place}.parameters)`)
  }
  if (!isObject(schema)) return refuse('schema must be an object')
  const composed = ['$ref', 'anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in schema)
  if (!composed && schema['type'] !== 'object') refuse(`schema must be a JSON Schema of 'type: "object"'`)
  if (!composed && !isObject(schema['properties'])) refuse('object schema missing properties')
  checkLists(schema, refuse)
}

function checkLists(schema: unknown, refuse: (problem: string) => never): void {
  if (Array.isArray(schema)) return schema.forEach((inner) => checkLists(inner, refuse))
  if (!isObject(schema)) return
  const { type, items } = schema
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'))
  if (isList && items === undefined) refuse('array schema missing items')
  Object.values(schema).forEach((inner) => checkLists(inner, refuse))
}
