import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import type { Quirks } from '../protocol.ts'
import { strictSchema } from './strict-schema.ts'

/**
 * The tools and the choice among them as this provider takes them. A choice that it does not know is said in one that it knows where
 * that means the same: `none` without tools, one function as the only one that can be called.
 * @param wire The body so far.
 */
export function fitTools(wire: JsonObject, quirks: Quirks, providerName: string): JsonObject {
  const { tools: asked, tool_choice: choice, ...others } = wire
  if (asked === undefined) return wire
  const tools = arrayOf(asked).map((tool, position) => fitTool(tool, position, quirks, providerName))
  // An empty list of tools is refused nearly everywhere.
  if (tools.length === 0) return withoutParallel(others)
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

function fitTool(tool: unknown, position: number, quirks: Quirks, providerName: string): unknown {
  const called = objectOf(objectOf(tool)?.['function'])
  if (!isObject(tool) || called === undefined) return tool
  const { cache_control: mark, ...plain } = tool
  const { strict, parameters, ...described } = called
  const place = `tools[${position}].function.parameters`
  const isHeldTo = strict === true && quirks.strictTools !== false && quirks.strictSubset === true
  const schema = isHeldTo && isObject(parameters) ? strictSchema(parameters, place, providerName) : parameters
  return {
    ...plain,
    function: {
      ...described,
      ...(schema !== undefined && schema !== null && { parameters: schema }),
      ...(!isObject(schema) && quirks.toolParameters === true && { parameters: { type: 'object', properties: {} } }),
      ...(typeof strict === 'boolean' && quirks.strictTools !== false && { strict }),
    },
    ...(mark !== undefined && quirks.cacheControl === true && { cache_control: mark }),
  }
}
