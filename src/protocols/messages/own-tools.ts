import type { Source } from '../../canonical/generation-request.ts'
import type { Tool } from '../../canonical/tool.ts'
import { arrayOf, isObject, type JsonObject, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { protocolName } from './name.ts'

/**
 * Returns the entry of `tools` in which the client wrote a tool in this protocol; undefined where the tool was changed. A tool that the
 * provider runs in place of the gateway gets such an entry only if the client asked for Anthropic's own tool.
 */
export function ownTool(tool: Tool, { protocol, body, parameters }: Source, names: ToolNames): JsonObject | undefined {
  if (protocol !== protocolName) return undefined
  const asked = tool.type === 'function' ? (tool.standsFor ?? tool) : tool
  const place = parameters.tools?.indexOf(asked) ?? -1
  const came = place === -1 ? undefined : arrayOf(body['tools'])[place]
  if (!isObject(came)) return undefined
  if (asked.type === 'server') return isGatewayType(came) ? undefined : came
  return names.toWire(tool.name) === tool.name ? came : undefined
}

const isGatewayType = ({ type }: JsonObject): boolean => search(anthropicType, stringOf(type) ?? '') === null

/** Anthropic's types end in a date. */
const anthropicType = /_\d{8}$/
