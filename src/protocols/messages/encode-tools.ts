import { GatewayError } from '../../canonical/errors.ts'
import type { Parameters, Source } from '../../canonical/generation-request.ts'
import type { ToolsAt } from '../../canonical/native-tool-for.ts'
import type { FunctionTool, Tool } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeTraits } from '../vendors/claude-model.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { cacheMark } from './encode-content.ts'
import { encodeNativeTool } from './encode-native-tool.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import { ownTool } from './own-tools.ts'

export interface EncodedTools {
  readonly tools?: readonly JsonObject[]
  readonly tool_choice?: JsonObject
}

/** A tool whose call is the answer itself, for structured output on a model without a feature for it. */
export interface AnswerTool {
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
}

interface Options extends ToolsAt {
  readonly traits: ClaudeTraits
  readonly names: ToolNames
  readonly answer: AnswerTool | null
  readonly stream: boolean
  /** Whether the client asked that `strict` is passed on. */
  readonly strictTools: boolean
  readonly source: Source
}

/**
 * Encodes the tools and the choice among them. `strict` is left out unless the client opts in, as OpenRouter does (contract §1.4): what
 * OpenAI calls strict, Anthropic limits in number and in schema.
 * @throws GatewayError for parameters whose schema is not that of an object.
 */
export function encodeTools(parameters: Parameters, options: Options): EncodedTools {
  const { traits, names, answer, stream, functions, native } = options
  const eager = stream && traits.eagerTools ? { eager_input_streaming: true } : {}
  const places = new Map(parameters.tools?.map((tool, index) => [tool, index]))
  const own = (tool: Tool): JsonObject | undefined => ownTool(tool, options.source, names)
  const tools = [
    ...functions.map((tool) => own(tool) ?? { ...encodeTool(tool, places.get(tool) ?? 0, options), ...eager }),
    ...native.map((used) => own(used.asked) ?? encodeNativeTool(used)),
    ...(parameters.tools ?? []).flatMap((tool) => (tool.type === 'vendor' ? [tool.item.value] : [])),
  ]
  if (answer !== null) {
    const { name, description, schema } = answer
    const choice = tools.length === 0 || options.toolChoice === 'none' ? { type: 'tool', name } : { type: 'any' }
    return {
      tools: [...tools, { name, description, input_schema: schema, ...eager }],
      tool_choice: { ...choice, disable_parallel_tool_use: true },
    }
  }
  if (tools.length === 0) return {}
  const single = parameters.parallelToolCalls === false
  return { tools, tool_choice: encodeToolChoice(options.toolChoice, single, traits, names) }
}

function encodeToolChoice(
  choice: Parameters['toolChoice'],
  single: boolean,
  traits: ClaudeTraits,
  names: ToolNames,
): JsonObject | undefined {
  const parallel = single ? { disable_parallel_tool_use: true } : {}
  if (choice === 'none') return { type: 'none' }
  // What a model does not support is dropped like any other parameter (contract §6.5).
  if (choice === undefined || choice === 'auto' || !traits.forcedTools) {
    return single || choice !== undefined ? { type: 'auto', ...parallel } : undefined
  }
  if (choice === 'required') return { type: 'any', ...parallel }
  return { type: 'tool', name: names.toWire(choice.name), ...parallel }
}

export const isForced = (choice: JsonObject | undefined): boolean =>
  choice?.['type'] === 'any' || choice?.['type'] === 'tool'

function encodeTool(
  { name, description, parameters, strict, cacheControl }: FunctionTool,
  index: number,
  { names, strictTools }: Options,
): JsonObject {
  const schema = inputSchema(parameters ?? {}, `tools[${index}].function.parameters`)
  const enforced = strict === true && strictTools ? enforceableSchema(schema) : undefined
  return {
    name: names.toWire(name),
    ...(description !== undefined && { description }),
    input_schema: enforced ?? schema,
    ...(enforced !== undefined && { strict: true }),
    ...cacheMark(cacheControl),
  }
}

/**
 * Returns a tool's schema with the type of an object at the top, where Anthropic takes no alternatives.
 * @param place Where the schema is in the request.
 * @throws GatewayError for a schema of another type, or with anyOf, oneOf or allOf at the top.
 */
export function inputSchema(schema: JsonObject, place: string): JsonObject {
  const choice = ['anyOf', 'oneOf', 'allOf'].find((keyword) => keyword in schema)
  if (choice === undefined && (schema['type'] === undefined || schema['type'] === 'object')) {
    return { ...schema, type: 'object', ...(schema['properties'] === undefined && { properties: {} }) }
  }
  const path = `${place}.${choice ?? 'type'}`
  const message =
    'The Messages API takes only an object as the arguments of a tool, without anyOf, oneOf or allOf at its top.'
  throw new GatewayError('invalid_request', `${path}: ${message}`, { issues: [{ path, message }] })
}
