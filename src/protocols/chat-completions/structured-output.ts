import type { Parameters, ResponseFormat } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { encodeResponseFormat } from '../openai/response-format.ts'
import { strictSchema } from './strict-schema.ts'

/** How the answer is made to be JSON, where the request's own `response_format` is not sent as it is. */
export interface OutputForm {
  /** The value of `response_format`; null for none. */
  readonly responseFormat: JsonObject | null
  /** A tool that must be called with the answer. */
  readonly answerTool?: JsonObject
  readonly instruction?: string
}

/**
 * Chooses how a structured answer is requested. Returns null where the request asks for none, and where its format is passed on unchanged,
 * because the endpoint supports it. Where the endpoint takes no schema, the answer becomes the arguments of a tool, unless the client has
 * tools of its own or a call cannot be forced: then an instruction gives the model the schema.
 * @throws GatewayError for a strict schema that the provider cannot enforce.
 */
export function structuredOutput(
  parameters: Parameters,
  endpoint: Endpoint,
  quirks: ChatCompletionsQuirks,
): OutputForm | null {
  const { responseFormat: format, tools = [] } = parameters
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') return null
  const supports = (name: string): boolean => supportsParameter(endpoint.supportedParameters, name)
  const jsonMode = supports('response_format') ? ({ type: 'json_object' } as const) : null
  if (format.type === 'json_object') return jsonMode === null ? { responseFormat: null, instruction: justJson } : null
  if (supports('structured_outputs')) return native(format, endpoint, quirks)

  const { schema, name, description } = format
  const describesObject = schema?.['type'] === 'object'
  const canForce = supports('tools') && supports('tool_choice') && canBeForced(endpoint, quirks)
  if (schema !== undefined && describesObject && canForce && tools.length === 0) {
    const called = { name, description: description?.trim() || 'Gives the answer.', parameters: schema }
    return { responseFormat: null, answerTool: { type: 'function', function: called } }
  }
  const told = schema === undefined ? justJson : `${justJson} It must fit this JSON Schema:\n${JSON.stringify(schema)}`
  return { responseFormat: jsonMode, instruction: told }
}

type SchemaFormat = Extract<ResponseFormat, { type: 'json_schema' }>

function native(format: SchemaFormat, endpoint: Endpoint, { strictSubset }: ChatCompletionsQuirks): OutputForm | null {
  const { schema, strict } = format
  if (strictSubset !== true || strict !== true || schema === undefined) return null
  const fitted = strictSchema(schema, 'response_format.json_schema.schema', endpoint.providerName)
  return { responseFormat: encodeResponseFormat({ ...format, schema: fitted }) ?? null }
}

const canBeForced = ({ template }: Endpoint, { toolChoices }: ChatCompletionsQuirks): boolean =>
  template.forcedCalls !== false &&
  (toolChoices === undefined || toolChoices.some((known) => known === 'named' || known === 'required'))

const justJson = 'Answer with one valid JSON value and nothing else: no code fence, no words around it.'
