import type { Parameters } from '../../canonical/generation-request.ts'
import type { FunctionTool, Tool } from '../../canonical/tool.ts'
import { objectOf } from '../../util/json.ts'
import { serverToolParameters, serverToolTypes, type WireServerTool } from '../gateway-fields/schema/server-tool.ts'
import { customTool } from './custom-tool.ts'
import { protocolName } from './name.ts'
import { groupedName } from './tool-group.ts'
import type { WireTool, WireToolChoice } from './schema/tool.ts'

const types: ReadonlySet<string> = new Set(serverToolTypes)

const isServerTool = (tool: WireTool): tool is WireServerTool => types.has(tool.type)

/** Decodes an entry of `tools`: one tool, or a group of them. */
export function decodeTools(tool: WireTool): readonly Tool[] {
  if (isServerTool(tool) || tool.type !== 'namespace') return [decodeTool(tool)]
  const { name: group, description, tools } = tool
  return tools.map((inner): Tool => {
    const decoded = inner.type === 'custom' ? customTool(inner) : decodeFunction(inner)
    const about = { name: group, ...(description && { description }), short: inner.name }
    return { ...decoded, name: groupedName(group, inner.name), group: about }
  })
}

function decodeFunction(tool: Extract<WireTool, { type: 'function' }>): FunctionTool {
  const { name, description, parameters, strict } = tool
  return {
    type: 'function',
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  }
}

/** Decodes one tool. A tool of OpenAI's that no other protocol has is passed on to upstreams that know it. */
function decodeTool(tool: Exclude<WireTool, { type: 'namespace' }>): Tool {
  if (isServerTool(tool)) {
    // OpenAI puts the domains one level deeper than everybody else.
    const { filters, ...parameters } = serverToolParameters(tool)
    return { type: 'server', name: tool.type, parameters: { ...objectOf(filters), ...parameters } }
  }
  switch (tool.type) {
    case 'function':
      return decodeFunction(tool)
    case 'custom':
      return customTool(tool)
    default:
      return {
        type: 'vendor',
        name: typeof tool.name === 'string' ? tool.name : tool.type,
        item: { language: protocolName, value: { ...tool } },
      }
  }
}

type Choice = Pick<Parameters, 'toolChoice' | 'allowedTools'>

/** Decodes the choice of a tool. The choice of a server tool or of one of OpenAI's own gives its type in place of a name. */
export function decodeToolChoice(choice: WireToolChoice | null | undefined): Choice {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') return { toolChoice: choice }
  if ('mode' in choice) {
    const allowedTools = choice.tools.map(({ type, name }) => name ?? type)
    return { toolChoice: choice.mode, allowedTools }
  }
  return { toolChoice: { name: 'name' in choice ? choice.name : choice.type } }
}
