import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { sameList } from '../../util/same-list.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { completeSchema } from '../vendors/complete-schema.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { strictSchema } from './strict-schema.ts'

/**
 * Adapts the tools and the choice among them to a provider. A choice that it does not know is replaced by one that it knows and that means
 * the same: `none` by no tools, one function by a list of this function alone.
 * Without tools every field about tools is left out: OpenAI, vLLM and others refuse an empty list, and a choice among no tools.
 * @param wire The body so far.
 */
export function fitTools(wire: JsonObject, quirks: ChatCompletionsQuirks, endpoint: Endpoint): JsonObject {
  const { tools: asked, tool_choice: choice, ...others } = wire
  const { providerName, template } = endpoint
  const hosts = { quirks, providerName, hasLimits: quirks.openAiLimits === true || template.openAiLimits === true }
  const given = arrayOf(asked)
  const tools = sameList(
    given,
    given.map((tool, position) => fitTool(tool, position, hosts)),
  )
  if (tools.length === 0) return without(others, ['parallel_tool_calls'])
  const known = quirks.toolChoices
  const kind = isObject(choice) ? 'named' : stringOf(choice)
  if (kind === undefined || known === undefined || known.some((one) => one === kind)) {
    return { ...others, tools, ...(choice !== undefined && { tool_choice: choice }) }
  }
  if (kind === 'none') return without(others, ['parallel_tool_calls'])
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

interface Hosts {
  readonly quirks: ChatCompletionsQuirks
  readonly providerName: string
  /** Whether OpenAI's limits hold there. */
  readonly hasLimits: boolean
}

const nameOf = (tool: unknown): string | undefined => stringOf(objectOf(objectOf(tool)?.['function'])?.['name'])

function fitTool(tool: unknown, position: number, hosts: Hosts): unknown {
  const called = objectOf(objectOf(tool)?.['function'])
  if (!isObject(tool) || called === undefined) return tool
  const mark = hosts.quirks.cacheControl === true ? (tool['cache_control'] ?? called['cache_control']) : undefined
  const plain = without(tool, ['defer_loading', 'cache_control'])
  const fitted = fitFunction(called, `tools[${position}].function.parameters`, hosts)
  const marked = isObject(mark) ? { ...plain, cache_control: mark } : plain
  return fitted === called ? marked : { ...marked, function: fitted }
}

/** Removes fields. Returns the object itself where it has none of them. */
const without = (object: JsonObject, fields: readonly string[]): JsonObject =>
  fields.some((field) => field in object)
    ? Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)))
    : object

function fitFunction(asked: JsonObject, place: string, { quirks, providerName, hasLimits }: Hosts): JsonObject {
  // The gateway's own fields (contract §1.4).
  const called = without(asked, ['defer_loading', 'cache_control'])
  const { parameters } = called
  const strict = called['strict'] === true && quirks.strictTools !== false
  const plain = quirks.strictTools === false ? without(called, ['strict']) : called
  if (!isObject(parameters)) {
    if (quirks.toolParameters === true) return { ...plain, parameters: { type: 'object', properties: {} } }
    return hasLimits ? without(plain, ['parameters']) : plain
  }
  const completed = hasLimits ? completeSchema(parameters) : parameters
  const fitted = strict && quirks.strictSubset === true ? strictSchema(completed, place, providerName) : completed
  return fitted === parameters ? plain : { ...plain, parameters: fitted }
}
