import { type Ask, type AskedTool, BadAsk } from '../../ask.ts'
import { asArray, asString, isObject, type JsonObject } from '../../json.ts'

const functionName = /^[a-zA-Z0-9_-]{1,64}$/

/** @param last The last item of the input: after a tool's result the answer is text. */
export function askedTools(body: JsonObject, last: unknown): Pick<Ask, 'tools' | 'calling'> {
  const tools = asArray(body['tools']).flatMap(askedTool)
  const choice = body['tool_choice']
  const forced = isObject(choice) ? asString(choice['name']) : null
  if (isObject(choice) && choice['type'] === 'function' && !tools.some(({ name }) => name === forced)) {
    throw new BadAsk(`Tool choice '${String(forced)}' not found in 'tools' parameter.`)
  }
  const forbidden = choice === 'none' || (isObject(last) && last['type'] === 'function_call_output')
  return {
    tools: forced === null ? tools : tools.filter(({ name }) => name === forced),
    calling: forbidden ? 'forbidden' : choice === 'required' || forced !== null ? 'required' : 'allowed',
  }
}

function askedTool(tool: unknown, index: number): readonly AskedTool[] {
  if (isObject(tool) && tool['type'] === 'image_generation') return []
  if (!isObject(tool) || tool['type'] !== 'function') throw new BadAsk(`Invalid value in 'tools[${index}].type'.`)
  const name = asString(tool['name'])
  if (name === null) throw new BadAsk(`Missing required parameter: 'tools[${index}].name'.`)
  if (!functionName.test(name)) throw new BadAsk(`Invalid 'tools[${index}].name': string does not match pattern.`)
  const parameters = tool['parameters'] ?? { type: 'object' }
  // Where nothing is said, a schema is strict here.
  if (tool['strict'] !== false) checkStrict(name, parameters)
  return [{ name, parameters }]
}

function checkStrict(name: string, schema: unknown): void {
  if (!isObject(schema)) return
  if (schema['additionalProperties'] !== false) {
    throw new BadAsk(
      `Invalid schema for function '${name}': 'additionalProperties' is required to be supplied and to be false.`,
    )
  }
  const properties = Object.keys(isObject(schema['properties']) ? schema['properties'] : {})
  const required = asArray(schema['required'])
  const optional = properties.find((property) => !required.includes(property))
  if (optional !== undefined) {
    throw new BadAsk(`Invalid schema for function '${name}': 'required' must include every key. Missing '${optional}'.`)
  }
}
