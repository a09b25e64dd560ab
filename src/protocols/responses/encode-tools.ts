import type { Parameters } from '../../canonical/generation-request.ts'
import { toolsAt } from '../../canonical/native-tool-for.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { completeSchema } from '../vendors/complete-schema.ts'
import { encodeNativeTools } from './encode-native-tools.ts'
import type { ResponsesQuirks } from './quirks.ts'
import type { ResponsesRequest, WireTool } from './wire.ts'

type ToolFields = Pick<ResponsesRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls' | 'max_tool_calls'>

/**
 * Tools and what goes with them. Server tools are run here, not by the upstream.
 * @param supported What was asked for and the endpoint supports; the vendor's own tools do not depend on that.
 */
export function encodeTools(
  asked: Parameters,
  supported: Parameters,
  endpoint: Endpoint,
  quirks: ResponsesQuirks,
): ToolFields {
  const { functions, native, toolChoice } = toolsAt(asked, endpoint)
  const called = supported.tools === undefined ? [] : functions.map(encodeFunction)
  const images = supported.modalities?.includes('image') === true ? [{ type: 'image_generation' } as const] : []
  const { tools: own, maxCalls } = encodeNativeTools(native, quirks)
  const tools = [...called, ...images, ...own]
  if (tools.length === 0) return {}
  return {
    tools,
    tool_choice: supported.toolChoice === undefined ? undefined : encodeToolChoice(toolChoice),
    parallel_tool_calls: supported.parallelToolCalls,
    max_tool_calls: maxCalls,
  }
}

/** Unlike in chat-completions a schema is strict here where nothing is said: most clients' schemas would be refused. */
const encodeFunction = ({ name, description, parameters, strict }: FunctionTool): WireTool => ({
  type: 'function',
  name,
  ...(description !== undefined && { description }),
  parameters: completeSchema(parameters ?? {}),
  strict: strict ?? false,
})

const encodeToolChoice = (choice: ToolChoice | undefined): ResponsesRequest['tool_choice'] =>
  typeof choice === 'object' ? { type: 'function', name: choice.name } : choice
