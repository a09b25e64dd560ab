import type { ChatRequest, Parameters, Source } from '../../canonical/generation-request.ts'
import { toolsAt } from '../../canonical/native-tool-for.ts'
import type { FunctionTool, Tool, ToolChoice } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { completeSchema } from '../vendors/complete-schema.ts'
import { encodeNativeTools } from './encode-native-tools.ts'
import { ownChoice, ownTool, ownTools } from './own-fields.ts'
import type { ResponsesQuirks } from './quirks.ts'
import type { SentRequest, SentTool, ResponsesRequest } from './wire.ts'

type ToolFields = Pick<SentRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls' | 'max_tool_calls'>

/**
 * Encodes the tools and the fields that belong to them. Server tools are left out, because the gateway runs them.
 * @param supported The parameters that were asked for and that the endpoint supports; the vendor's own tools do not depend on them.
 */
export function encodeTools(
  request: ChatRequest,
  supported: Parameters,
  endpoint: Endpoint,
  quirks: ResponsesQuirks,
): ToolFields {
  const { source, parameters: asked } = request
  const { functions, native, toolChoice } = toolsAt(asked, endpoint)
  const own = (tool: Tool): JsonObject | undefined => ownTool(tool, source)
  const called = supported.tools === undefined ? [] : inGroups(functions).flatMap((group) => encodeGroup(group, source))
  const images = supported.modalities?.includes('image') === true ? [{ type: 'image_generation' } as const] : []
  const { tools: vendors, maxCalls } = encodeNativeTools(native, quirks)
  const natives =
    native.length === 1 && native[0] !== undefined && quirks.nativeTools !== 'xai' ? [own(native[0].asked)] : []
  const own_ = natives.filter((tool) => tool !== undefined)
  const others = (asked.tools ?? []).flatMap((tool) => (tool.type === 'vendor' ? [tool.item.value] : []))
  const tools = [...called, ...images, ...(own_.length > 0 ? own_ : vendors), ...others]
  if (tools.length === 0) return {}
  return {
    tools,
    tool_choice:
      supported.toolChoice === undefined
        ? undefined
        : (ownChoice(request, toolChoice) ?? encodeToolChoice(toolChoice, asked)),
    parallel_tool_calls: supported.parallelToolCalls,
    max_tool_calls: maxCalls,
  }
}

/** Divides tools into entries: neighbours of one group are one entry, and so is each tool without a group. */
function inGroups(functions: readonly FunctionTool[]): readonly (readonly FunctionTool[])[] {
  const groups: FunctionTool[][] = []
  for (const tool of functions) {
    const last = groups.at(-1)
    if (last?.[0]?.group !== undefined && last[0].group.name === tool.group?.name) last.push(tool)
    else groups.push([tool])
  }
  return groups
}

function encodeGroup(functions: readonly FunctionTool[], source: Source): readonly SentTool[] {
  const own = ownTools(functions, source)
  if (own !== undefined) return [own]
  const [first] = functions
  if (first?.group === undefined) return functions.map(encodeFunction)
  const { name, description } = first.group
  const tools = functions.map((tool) => encodeFunction({ ...tool, name: tool.group?.short ?? tool.name }))
  return [{ type: 'namespace', name, ...(description !== undefined && { description }), tools }]
}

/** Unlike in chat-completions a schema is strict here where nothing is said: most clients' schemas would be refused. */
const encodeFunction = ({ name, description, parameters, strict, custom }: FunctionTool): SentTool => {
  const about = { name, ...(description !== undefined && { description }) }
  return custom === undefined
    ? { type: 'function', ...about, parameters: completeSchema(parameters ?? {}), strict: strict ?? false }
    : { type: 'custom', ...about, ...(Object.keys(custom).length > 0 && { format: custom }) }
}

function encodeToolChoice(
  choice: ToolChoice | undefined,
  { allowedTools, tools = [] }: Parameters,
): ResponsesRequest['tool_choice'] {
  const typeOf = (name: string) =>
    tools.some((tool) => tool.type === 'function' && tool.name === name && tool.custom !== undefined)
      ? ('custom' as const)
      : ('function' as const)
  if (typeof choice === 'object') return { type: typeOf(choice.name), name: choice.name }
  if (allowedTools === undefined || choice === undefined || choice === 'none') return choice
  return { type: 'allowed_tools', mode: choice, tools: allowedTools.map((name) => ({ type: typeOf(name), name })) }
}
