import type { ChatRequest, ResponseFormat } from '../../canonical/generation-request.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { UsedNativeTool } from '../../canonical/native-tool-for.ts'
import type { FunctionTool, ToolChoice } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { usableTools } from './encode-tools.ts'
import { geminiVersion } from './gemini-model.ts'
import { encodeSchema } from './schema-dialect.ts'

/** How the answer gets its form, and with which tools. */
export interface AnswerForm {
  readonly tools: readonly FunctionTool[]
  /** Google's own tools. */
  readonly native: readonly UsedNativeTool[]
  readonly choice: ToolChoice | undefined
  /** For `generationConfig`. */
  readonly config: JsonObject
  /** The tool whose arguments are the answer. */
  readonly answerTool?: string
}

/**
 * Chooses how the answer gets its form. Before Gemini 3 a response format and tools exclude each other ("Function calling with a response
 * mime type: 'application/json' is unsupported"): there the answer becomes the arguments of one more tool, and the model must call a tool.
 * @throws GatewayError where that is not possible.
 */
export function encodeForm({ parameters }: ChatRequest, endpoint: Endpoint): AnswerForm {
  const format = formatOf(parameters.responseFormat, endpoint)
  const { functions: tools, native, toolChoice: choice } = usableTools(parameters, endpoint)
  if (format === undefined || tools.length === 0 || geminiVersion(endpoint.upstreamModel) >= 3) {
    return { tools, native, choice, config: encodeFormat(format) }
  }
  if (choice === 'none') return { tools: [], native, choice: undefined, config: encodeFormat(format) }
  // A call is required, so there will be no text that needs a format.
  if (choice === 'required' || typeof choice === 'object') return { tools, native, choice, config: {} }
  const answerTool = toolFor(format, tools, endpoint)
  return { tools: [...tools, answerTool], native, choice: 'required', config: {}, answerTool: answerTool.name }
}

type JsonFormat = Extract<ResponseFormat, { type: 'json_object' | 'json_schema' }>

function formatOf(format: ResponseFormat | undefined, { supportedParameters }: Endpoint): JsonFormat | undefined {
  const isJson = format?.type === 'json_object' || format?.type === 'json_schema'
  return isJson && supportsParameter(supportedParameters, 'response_format') ? format : undefined
}

function encodeFormat(format: JsonFormat | undefined): JsonObject {
  if (format === undefined) return {}
  const schema = format.type === 'json_schema' ? format.schema : undefined
  return {
    responseMimeType: 'application/json',
    ...(schema !== undefined && { responseJsonSchema: encodeSchema(schema) }),
  }
}

function toolFor(
  format: JsonFormat,
  tools: readonly FunctionTool[],
  { providerName, upstreamModel }: Endpoint,
): FunctionTool {
  if (format.type === 'json_object' || format.schema?.['type'] !== 'object') {
    const message = `${upstreamModel} at ${providerName} takes tools and a JSON answer together only with the schema of an object`
    throw new GatewayError('invalid_request', `${message}.`, {
      providerName,
      issues: [{ path: 'response_format', message }],
    })
  }
  const taken = new Set(tools.map(({ name }) => name))
  const names = ['answer', ...Array.from({ length: tools.length }, (_, index) => `answer_${index}`)]
  const name = names.find((candidate) => !taken.has(candidate)) ?? 'answer'
  const description =
    `Gives the final answer, once no other function has to be called. ${format.description ?? ''}`.trim()
  return { type: 'function', name, description, parameters: format.schema }
}
