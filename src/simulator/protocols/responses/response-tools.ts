import { asArray, asString, isObject, type JsonObject } from '../../json.ts'
import { checkNativeTool, isNative } from './native-tools.ts'
import { type ParsedRequest, type RequestTool, InvalidRequest } from '../../parsed-request.ts'

const functionName = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Returns the tools that the request offers, and whether one may or must be called.
 * @param items The items of the input.
 */
export function requestedTools(
  body: JsonObject,
  items: readonly unknown[],
  isXai: boolean,
): Pick<ParsedRequest, 'tools' | 'calling' | 'results' | 'native'> {
  const all = asArray(body['tools'])
  const native = all.filter((tool) => isNative(tool, isXai))
  for (const tool of native) checkNativeTool(tool, isXai)
  const tools = all.filter((tool) => !isNative(tool, isXai)).flatMap(requestedTool)
  const choice = body['tool_choice']
  const forced = isObject(choice) ? asString(choice['name']) : null
  if (
    isObject(choice) &&
    ['function', 'custom'].includes(String(choice['type'])) &&
    !tools.some(({ name }) => name === forced)
  ) {
    throw new InvalidRequest(`Tool choice '${String(forced)}' not found in 'tools' parameter.`)
  }
  const isResult = (item: unknown): boolean =>
    isObject(item) && /^(function|custom_tool)_call_output$/.test(String(item['type']))
  const isForced = choice === 'required' || forced !== null
  return {
    native: native.length > 0 && choice !== 'none' ? ['web_search'] : [],
    tools: forced === null ? tools : tools.filter(({ name }) => name === forced),
    calling: choice === 'none' ? 'forbidden' : isResult(items.at(-1)) ? 'answered' : isForced ? 'required' : 'allowed',
    results: items.filter(isResult).length,
  }
}

function requestedTool(tool: unknown, index: number): readonly RequestTool[] {
  if (isObject(tool) && tool['type'] === 'image_generation') return []
  if (isObject(tool) && tool['type'] === 'custom') return [customTool(tool, index)]
  if (!isObject(tool) || tool['type'] !== 'function')
    throw new InvalidRequest(`Invalid value in 'tools[${index}].type'.`)
  const name = asString(tool['name'])
  if (name === null) throw new InvalidRequest(`Missing required parameter: 'tools[${index}].name'.`)
  if (!functionName.test(name))
    throw new InvalidRequest(`Invalid 'tools[${index}].name': string does not match pattern.`)
  const parameters = tool['parameters'] ?? { type: 'object' }
  // In this protocol a schema is strict unless the tool sets `strict` to false.
  if (tool['strict'] !== false) checkStrict(name, parameters)
  return [{ name, parameters }]
}

/** A tool that takes free text. */
function customTool(tool: JsonObject, index: number): RequestTool {
  const name = asString(tool['name'])
  if (name === null) throw new InvalidRequest(`Missing required parameter: 'tools[${index}].name'.`)
  return { name, parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] } }
}

/** Returns the names of the tools that take free text. */
export const customTools = (body: JsonObject): ReadonlySet<string> =>
  new Set(
    asArray(body['tools']).flatMap((tool) =>
      isObject(tool) && tool['type'] === 'custom' ? [String(tool['name'])] : [],
    ),
  )

function checkStrict(name: string, schema: unknown): void {
  if (!isObject(schema)) return
  if (schema['additionalProperties'] !== false) {
    throw new InvalidRequest(
      `Invalid schema for function '${name}': 'additionalProperties' is required to be supplied and to be false.`,
    )
  }
  const properties = Object.keys(isObject(schema['properties']) ? schema['properties'] : {})
  const required = asArray(schema['required'])
  const optional = properties.find((property) => !required.includes(property))
  if (optional !== undefined) {
    throw new InvalidRequest(
      `Invalid schema for function '${name}': 'required' must include every key. Missing '${optional}'.`,
    )
  }
}
