import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'
import { fitSchema } from '../vendors/json-schema-subset.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { cachePoints } from './cache-points.ts'
import type { ModelFamily } from './model-family.ts'
import { enforcedSchema, withoutTopWords } from './schema-dialects.ts'
import type { ToolConfig, ToolChoice as WireChoice, ToolSpec, Turn } from './wire-request.ts'

interface ToolsOfCall {
  readonly family: ModelFamily
  readonly names: ToolNames
  /** The tool whose arguments are a structured answer; null where no tool is used for it. */
  readonly answerTool: ToolSpec | null
}

type OfferedTool = ToolConfig['tools'][number]

/**
 * Encodes the tools that are offered. Bedrock has no choice `none`, so in this case no tools are sent. A conversation in which tools were
 * called must come with tools, though: where there are no others, the called tools are sent.
 */
export function encodeTools(
  { parameters }: ChatRequest,
  messages: readonly Turn[],
  { family, names, answerTool }: ToolsOfCall,
): ToolConfig | undefined {
  const given = (parameters.tools ?? []).filter((tool) => tool.type === 'function')
  const called = calledTools(messages)
  const isForbidden = parameters.toolChoice === 'none'
  const offered = isForbidden && called.length === 0 ? [] : given.flatMap((tool) => encodeTool(tool, family, names))
  const tools = offered.length === 0 && answerTool === null ? called : offered
  if (tools.length === 0 && answerTool === null) return undefined
  const toolChoice =
    family.claude?.forcedTools === false ? undefined : encodeChoice(parameters.toolChoice, names, answerTool, offered)
  return {
    tools: [...tools, ...(answerTool === null ? [] : [{ toolSpec: answerTool }])],
    ...(toolChoice !== undefined && { toolChoice }),
  }
}

/** Adds an instruction after the results of tools that no further tool is called, for which Bedrock has no parameter. */
export function askForText(messages: readonly Turn[]): readonly Turn[] {
  const last = messages.at(-1)
  if (last === undefined || !last.content.some((block) => 'toolResult' in block)) return messages
  const words = { text: 'Answer in text now, without calling a tool.' }
  return [...messages.slice(0, -1), { ...last, content: [...last.content, words] }]
}

/** Tells whether the model has to call a tool: some models may not think then. */
export const forcesTool = ({ toolChoice }: ToolConfig): boolean =>
  toolChoice !== undefined && ('any' in toolChoice || 'tool' in toolChoice)

/** Encodes a tool. Of the models that cache, only Claude takes a cache point after a tool. */
function encodeTool(tool: FunctionTool, family: ModelFamily, names: ToolNames): readonly OfferedTool[] {
  const points = family.claude === null ? [] : cachePoints(tool.cacheControl, family)
  return [{ toolSpec: specOf(tool, family, names) }, ...points]
}

function specOf(tool: FunctionTool, { maker, structuredOutputs }: ModelFamily, names: ToolNames): ToolSpec {
  const schema: JsonObject = { type: 'object', properties: {}, ...tool.parameters }
  const enforced = tool.strict === true && structuredOutputs ? fitSchema(schema, enforcedSchema).schema : undefined
  return {
    name: names.toWire(tool.name),
    ...(tool.description?.trim() && { description: tool.description }),
    inputSchema: { json: enforced ?? (maker === 'amazon' ? withoutTopWords(schema) : schema) },
    ...(enforced !== undefined && { strict: true }),
  }
}

/** Returns the tools that the conversation calls, of which only the names are known. */
function calledTools(messages: readonly Turn[]): readonly OfferedTool[] {
  const names = messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [block.toolUse.name] : [])),
  )
  return [...new Set(names)].map((name) => ({
    toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } },
  }))
}

function encodeChoice(
  choice: ToolChoice | undefined,
  names: ToolNames,
  answerTool: ToolSpec | null,
  offered: readonly OfferedTool[],
): WireChoice | undefined {
  if (answerTool !== null) {
    // A tool of the client's may be called before the answer is given.
    return offered.length === 0 || choice === 'none' ? { tool: { name: answerTool.name } } : { any: {} }
  }
  if (offered.length === 0) return undefined
  if (choice === 'required') return { any: {} }
  if (typeof choice === 'object') return { tool: { name: names.toWire(choice.name) } }
  return choice === 'auto' ? { auto: {} } : undefined
}

/**
 * Encodes the ban of parallel calls in Claude's own parameters, since Converse has none. Beside a `toolChoice` the type must not be
 * repeated.
 */
export function encodeParallelCalls({ parameters }: ChatRequest, toolConfig: ToolConfig | undefined): JsonObject {
  if (parameters.parallelToolCalls !== false || toolConfig === undefined) return {}
  const type = toolConfig.toolChoice === undefined ? { type: 'auto' } : {}
  return { tool_choice: { ...type, disable_parallel_tool_use: true } }
}
