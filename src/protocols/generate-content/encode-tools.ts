import type { Parameters } from '../../canonical/generation-request.ts'
import type { NativeToolName } from '../../canonical/native-tool.ts'
import { type ToolsAt, toolsAt, type UsedNativeTool } from '../../canonical/native-tool-for.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { isObject, type JsonObject } from '../../util/json.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { encodeSchema } from './schema-dialect.ts'

/** Matches what Google refuses in the name of a function, the first character apart. */
export const refusedInNames = /^[^A-Za-z_]|[^A-Za-z0-9_.:-]/g
export const longestName = 64

/**
 * Returns the client's functions, as far as the endpoint takes tools, and Google's own tools. The gateway runs its own tools itself, so
 * they are left out.
 */
export function usableTools(parameters: Parameters, endpoint: Endpoint): ToolsAt {
  const used = toolsAt(parameters, endpoint)
  const takesFunctions = supportsParameter(endpoint.supportedParameters, 'tools')
  const takesChoice = supportsParameter(endpoint.supportedParameters, 'tool_choice')
  return {
    ...used,
    functions: takesFunctions ? used.functions : [],
    toolChoice: takesChoice ? used.toolChoice : undefined,
  }
}

/**
 * Encodes `tools` and `toolConfig`; no field without tools. Google's own tools have no settings that the gateway could fill, and are never
 * sent together with functions.
 * @param streamArguments Whether the arguments of calls are to be streamed while the model writes them.
 */
export function encodeTools(
  tools: readonly FunctionTool[],
  choice: ToolChoice | undefined,
  names: ToolNames,
  streamArguments: boolean,
  native: readonly UsedNativeTool[],
): JsonObject {
  if (native.length > 0) return { tools: native.map(({ tool }) => nativeFields[tool.name]) }
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

/** Sources: https://ai.google.dev/gemini-api/docs/google-search, https://ai.google.dev/gemini-api/docs/url-context */
const nativeFields: Readonly<Record<NativeToolName, JsonObject>> = {
  web_search: { googleSearch: {} },
  web_fetch: { urlContext: {} },
}

function encodeTool({ name, description, parameters }: FunctionTool, names: ToolNames): JsonObject {
  return {
    name: names.toWire(name),
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && takesArguments(parameters) && { parametersJsonSchema: encodeSchema(parameters) }),
  }
}

/**
 * Tells whether a function takes arguments. Some models refuse an object without properties, so the schema of a function without arguments
 * is left out.
 */
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
