import { Type } from 'typebox'
import { serverTools } from '../../../server-tools/_registry.ts'
import { nullish } from '../../../util/nullish.ts'
import type { RequestHeaders } from '../../protocol.ts'

/** Every type of a tool that the gateway runs itself on a chat request. Source: contract §1.4, §10.33. */
export const serverToolTypes: readonly string[] = serverTools.flatMap(({ type, aliases }) => [type, ...aliases])

/** An entry of `tools` for a server tool, as far as it is the same for all. */
export interface WireServerTool {
  readonly type: `${string}_${string}` | `openrouter:${string}`
  readonly parameters?: Readonly<Record<string, unknown>> | null
  readonly [parameter: string]: unknown
}

/**
 * The members of a request's `tools` besides functions; a union of them is made where they are used. Each tool declares its own parameters.
 * The AI SDK puts them beside `type`, everybody else inside `parameters`: both are read.
 */
export const serverToolSchemas = serverTools.map(({ type, aliases, title, description, parameters }) =>
  Type.Object(
    {
      type: aliases.length === 0 ? Type.Literal(type) : Type.Enum([type, ...aliases]),
      ...parameters,
      parameters: nullish(Type.Object(parameters, { title: `${title}Parameters` })),
    },
    { title, description },
  ),
)

/** Returns the parameters of an entry: those inside `parameters`, over those beside `type`. */
export function serverToolParameters(tool: WireServerTool): Readonly<Record<string, unknown>> {
  const { type: _, parameters, ...beside } = tool
  return { ...beside, ...parameters }
}

/** The tools that a nested call may not have: a gateway in front of this one sends these headers (contract §0.a). */
const strippedBy: Readonly<Record<string, string>> = {
  'x-openrouter-fusion-depth': 'openrouter:fusion',
  'x-openrouter-advisor-depth': 'openrouter:advisor',
  'x-openrouter-subagent-depth': 'openrouter:subagent',
}

/** Tells whether the headers of a request strip this tool from it. */
export const isStripped = (type: string, headers: RequestHeaders): boolean =>
  Object.entries(strippedBy).some(([header, stripped]) => stripped === type && headers[header] !== undefined)
