import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { strictSchema } from './strict-schema.ts'

/**
 * The tools and the choice among them as this provider takes them. A choice that it does not know is said in one that it knows where
 * that means the same: `none` without tools, one function as the only one that can be called.
 * @param wire The body so far.
 */
export function fitTools(wire: JsonObject, quirks: ChatCompletionsQuirks, providerName: string): JsonObject {
  const { tools: asked, tool_choice: choice, ...others } = wire
  if (asked === undefined) return wire
  const tools = arrayOf(asked).map((tool, position) => fitTool(tool, position, quirks, providerName))
  const known = quirks.toolChoices
  const kind = isObject(choice) ? 'named' : stringOf(choice)
  if (kind === undefined || known === undefined || known.some((one) => one === kind)) {
    return { ...others, tools, ...(choice !== undefined && { tool_choice: choice }) }
  }
  if (kind === 'none') return withoutParallel(others)
  const name = isObject(choice) ? nameOf(choice) : undefined
  if (name !== undefined && known.includes('required')) {
    return { ...others, tools: tools.filter((tool) => nameOf(tool) === name), tool_choice: 'required' }
  }
  const [only] = tools
  if (kind === 'required' && tools.length === 1 && known.includes('named')) {
    return { ...others, tools, tool_choice: { type: 'function', function: { name: nameOf(only) } } }
  }
  return { ...others, tools }
}

const nameOf = (tool: unknown): string | undefined => stringOf(objectOf(objectOf(tool)?.['function'])?.['name'])

function withoutParallel(wire: JsonObject): JsonObject {
  const { parallel_tool_calls: _, ...others } = wire
  return others
}

function fitTool(tool: unknown, position: number, quirks: ChatCompletionsQuirks, providerName: string): unknown {
  const called = objectOf(objectOf(tool)?.['function'])
  if (!isObject(tool) || called === undefined) return tool
  const plain = without(tool, quirks.cacheControl === true ? ['defer_loading'] : ['defer_loading', 'cache_control'])
  const fitted = fitFunction(called, `tools[${position}].function.parameters`, quirks, providerName)
  return fitted === called ? plain : { ...plain, function: fitted }
}

/** The object itself where it has none of the fields. */
const without = (object: JsonObject, fields: readonly string[]): JsonObject =>
  fields.some((field) => field in object)
    ? Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)))
    : object

function fitFunction(
  asked: JsonObject,
  place: string,
  quirks: ChatCompletionsQuirks,
  providerName: string,
): JsonObject {
  // The gateway's own word (contract §1.4).
  const called = without(asked, ['defer_loading'])
  const { strict, ...loose } = called
  const { parameters } = called
  if (quirks.toolParameters === true && !isObject(parameters)) {
    return { ...(quirks.strictTools === false ? loose : called), parameters: { type: 'object', properties: {} } }
  }
  if (quirks.strictTools === false) return 'strict' in called ? loose : called
  if (strict !== true || quirks.strictSubset !== true || !isObject(parameters)) return called
  return { ...called, parameters: strictSchema(parameters, place, providerName) }
}
