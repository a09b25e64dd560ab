import type { FeatureContext } from '../../canonical/feature-context.ts'
import type { ChatRequest, GenerationRequest } from '../../canonical/generation-request.ts'
import type { Tool, ToolChoice } from '../../canonical/tool.ts'
import type { OpenTool, ServerTool } from '../server-tool.ts'

/** A server tool of one request, under the name by which the model calls it. */
export interface NamedTool {
  readonly type: string
  readonly name: string
  readonly tool: OpenTool
}

/** The server tools of one request, by the names by which the model calls them. */
export type NamedTools = ReadonlyMap<string, NamedTool>

/** Tells whether a request has server tools. */
export const hasServerTools = (request: GenerationRequest): request is ChatRequest =>
  request.operation === 'chat' && request.parameters.tools?.some(({ type }) => type === 'server') === true

/**
 * Opens the server tools of a request, and returns the request with functions in their place.
 * @throws GatewayError 400 for a tool that cannot run as configured.
 */
export function openTools(
  request: ChatRequest,
  registry: ReadonlyMap<string, ServerTool>,
  context: FeatureContext,
): { readonly request: ChatRequest; readonly tools: NamedTools } {
  const tools = new Map<string, NamedTool>()
  const requested = request.parameters.tools ?? []
  const taken = new Set(requested.flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])))
  const typeNames = new Map<string, string>()
  const counts = new Map<string, number>()
  const offered = requested.map((entry): Tool => {
    if (entry.type !== 'server') return entry
    const definition = registry.get(entry.name)
    if (definition === undefined) return entry
    const tool = definition.open(entry.parameters, context)
    const name = freeName(tool.function.name, taken, counts)
    taken.add(name)
    tools.set(name, { type: definition.type, name, tool })
    for (const type of [definition.type, entry.name]) if (!typeNames.has(type)) typeNames.set(type, name)
    return { ...tool.function, name, standsFor: entry }
  })
  const parameters = {
    ...request.parameters,
    tools: offered,
    toolChoice: namedChoice(request.parameters.toolChoice, typeNames),
  }
  const source = { ...request.source, body: withOneChoice(request.source.body) }
  return { request: { ...request, parameters, source }, tools }
}

/** The loop follows one answer. Further ones would make calls that nobody runs. */
const withOneChoice = ({ n: _, ...body }: ChatRequest['source']['body']) => body

/**
 * Returns the name, with a prefix and then a number where that name is taken.
 * @param counts The last number that each name got: thousands of tools of one name would otherwise all count from the beginning.
 */
function freeName(name: string, taken: ReadonlySet<string>, counts: Map<string, number>): string {
  if (!taken.has(name)) return name
  const prefixed = `openrouter_${name}`
  let count = counts.get(name) ?? 0
  let free: string
  do free = ++count === 1 ? prefixed : `${prefixed}_${count}`
  while (taken.has(free))
  counts.set(name, count)
  return free
}

/** A choice of a server tool names its type. The model gets the name of the function. */
const namedChoice = (choice: ToolChoice | undefined, typeNames: ReadonlyMap<string, string>): ToolChoice | undefined =>
  typeof choice === 'object' && typeNames.has(choice.name)
    ? { name: typeNames.get(choice.name) ?? choice.name }
    : choice

/** Returns the request for a turn after the first. A choice that forced a call is lifted, or the model could never answer in text. */
export const afterFirstTurn = (request: ChatRequest): ChatRequest => {
  const { toolChoice } = request.parameters
  if (toolChoice !== 'required' && typeof toolChoice !== 'object') return request
  return { ...request, parameters: { ...request.parameters, toolChoice: 'auto' } }
}

/** Returns the request for the last turn: the tools stay declared, since earlier turns called them, and none may be called. */
export const withToolsOff = (request: ChatRequest): ChatRequest => ({
  ...request,
  parameters: { ...request.parameters, toolChoice: 'none' },
})
