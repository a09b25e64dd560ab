import type { Parameters } from '../../canonical/generation-request.ts'
import type { Tool } from '../../canonical/tool.ts'
import { objectOf } from '../../util/json.ts'
import { serverToolParameters, serverToolTypes, type WireServerTool } from '../gateway-fields/schema/server-tool.ts'
import { customTool } from './custom-tool.ts'
import { protocolName } from './name.ts'
import type { WireTool, WireToolChoice } from './schema/tool.ts'

const types: ReadonlySet<string> = new Set(serverToolTypes)

const isServerTool = (tool: WireTool): tool is WireServerTool => types.has(tool.type)

/** Decodes an entry of `tools`. A tool of OpenAI's that no other language has goes to where it is known. */
export function decodeTool(tool: WireTool): Tool {
  if (isServerTool(tool)) {
    // OpenAI puts the domains one level deeper than everybody else.
    const { filters, ...parameters } = serverToolParameters(tool)
    return { type: 'server', name: tool.type, parameters: { ...objectOf(filters), ...parameters } }
  }
  switch (tool.type) {
    case 'function':
      return {
        type: 'function',
        name: tool.name,
        description: tool.description ?? undefined,
        parameters: tool.parameters ?? undefined,
        // Where nothing is said, a schema is strict in this language.
        strict: tool.strict ?? undefined,
      }
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

/** A choice of a tool of the gateway's or of OpenAI's names its type. */
export function decodeToolChoice(choice: WireToolChoice | null | undefined): Choice {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') return { toolChoice: choice }
  if ('mode' in choice) {
    const allowedTools = choice.tools.map(({ type, name }) => name ?? type)
    return { toolChoice: choice.mode, allowedTools }
  }
  return { toolChoice: { name: 'name' in choice ? choice.name : choice.type } }
}
