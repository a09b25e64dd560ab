import type { Parameters } from '../../canonical/generation-request.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import { completeSchema } from '../vendors/complete-schema.ts'
import type { ResponsesRequest, WireTool } from './wire.ts'

type ToolFields = Pick<ResponsesRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>

/** Tools and what goes with them. Server tools are run here, not by the upstream. */
export function encodeTools({ tools = [], toolChoice, parallelToolCalls, modalities }: Parameters): ToolFields {
  const functions = tools.filter((tool) => tool.type === 'function').map(encodeFunction)
  const images = modalities?.includes('image') === true ? [{ type: 'image_generation' } as const] : []
  if (functions.length + images.length === 0) return {}
  return {
    tools: [...functions, ...images],
    tool_choice: encodeToolChoice(toolChoice),
    parallel_tool_calls: parallelToolCalls,
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
