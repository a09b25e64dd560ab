import type { Parameters } from '../../canonical/generation-request.ts'
import type { FunctionTool } from '../../canonical/tool.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import type { CohereRequest, WireTool } from './wire.ts'

/**
 * Encodes the tools and the choice among them. The protocol cannot require a certain tool, so this tool is then the only one that is sent.
 * Server tools are left out, because the gateway runs them.
 */
export function encodeTools(
  { tools = [], toolChoice }: Parameters,
  names: ToolNames,
): Pick<CohereRequest, 'tools' | 'tool_choice' | 'strict_tools'> {
  const functions = tools.filter((tool) => tool.type === 'function')
  const named = typeof toolChoice === 'object' ? functions.filter(({ name }) => name === toolChoice.name) : functions
  if (named.length === 0) return {}
  return {
    tools: named.map((tool) => encodeTool(tool, names)),
    ...(toolChoice === 'none' && { tool_choice: 'NONE' }),
    ...((toolChoice === 'required' || typeof toolChoice === 'object') && { tool_choice: 'REQUIRED' }),
    // Cohere has one switch for all tools.
    ...(named.every(({ strict }) => strict === true) && { strict_tools: true }),
  }
}

const encodeTool = ({ name, description, parameters }: FunctionTool, names: ToolNames): WireTool => ({
  type: 'function',
  function: {
    name: names.toWire(name),
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
  },
})
