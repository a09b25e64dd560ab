import type { Parameters } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { isObject, type JsonObject } from '../../util/json.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { encodeSchema } from './schema-dialect.ts'

/** Matches what Google refuses in the name of a function, the first character apart. */
export const refusedInNames = /^[^A-Za-z_]|[^A-Za-z0-9_.:-]/g
export const longestName = 64

/** The client's functions, as far as the endpoint takes tools. Those of the gateway are run here, not by the upstream. */
export const functionTools = ({ tools = [] }: Parameters, { supportedParameters }: Endpoint): readonly FunctionTool[] =>
  supportsParameter(supportedParameters, 'tools') ? tools.filter((tool) => tool.type === 'function') : []

/**
 * `tools` and `toolConfig`; nothing without tools.
 * @param streamArguments Whether the arguments of calls are wanted as they are written.
 */
export function encodeTools(
  tools: readonly FunctionTool[],
  choice: ToolChoice | undefined,
  names: ToolNames,
  streamArguments: boolean,
): JsonObject {
  if (tools.length === 0) return {}
  const functionCallingConfig = {
    ...encodeChoice(choice, names),
    ...(streamArguments && { streamFunctionCallArguments: true }),
  }
  return {
    tools: [{ functionDeclarations: tools.map((tool) => encodeTool(tool, names)) }],
    ...(Object.keys(functionCallingConfig).length > 0 && { toolConfig: { functionCallingConfig } }),
  }
}

function encodeTool({ name, description, parameters }: FunctionTool, names: ToolNames): JsonObject {
  return {
    name: names.toWire(name),
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && takesArguments(parameters) && { parametersJsonSchema: encodeSchema(parameters) }),
  }
}

/** An object without a single property is refused by some models: a function without arguments says nothing about them. */
function takesArguments({ properties, additionalProperties, $ref, anyOf, oneOf, allOf }: JsonObject): boolean {
  if ([$ref, anyOf, oneOf, allOf].some((keyword) => keyword !== undefined)) return true
  return (isObject(properties) && Object.keys(properties).length > 0) || isObject(additionalProperties)
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const

function encodeChoice(choice: ToolChoice | undefined, names: ToolNames): JsonObject {
  if (choice === undefined) return {}
  if (typeof choice === 'string') return { mode: modes[choice] }
  return { mode: 'ANY', allowedFunctionNames: [names.toWire(choice.name)] }
}
