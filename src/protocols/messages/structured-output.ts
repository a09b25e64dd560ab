import { GatewayError } from '../../canonical/errors.ts'
import type { ResponseFormat } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Tool } from '../../canonical/tool.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeTraits } from '../vendors/claude-model.ts'
import { fitSchema } from '../vendors/json-schema-subset.ts'
import { enforcedDialect } from './enforceable-schema.ts'
import { type AnswerTool, inputSchema } from './encode-tools.ts'

/** How the answer is made to be JSON: by the vendor's structured outputs, by a tool that must be called, or by an instruction. */
export interface OutputForm {
  readonly format?: JsonObject
  readonly answer?: AnswerTool
  readonly instruction?: string
}

const place = 'response_format.json_schema.schema'

/**
 * Chooses how a structured answer is requested. A schema is enforced; `json_object` has none, and the model often calls a forced tool
 * without a schema with no arguments, so it gets an instruction instead.
 * @throws GatewayError for a schema that the model cannot enforce.
 */
export function structuredOutput(
  format: ResponseFormat | undefined,
  tools: readonly Tool[],
  endpoint: Endpoint,
  traits: ClaudeTraits,
): OutputForm {
  if (format?.type === 'json_object' || (format?.type === 'json_schema' && format.schema === undefined)) {
    return { instruction: 'Answer with one valid JSON object and nothing else: no code fence, no words around it.' }
  }
  if (format?.type !== 'json_schema') return {}
  const { schema = {}, name, description } = format
  const native = traits.structuredOutputs && supportsParameter(endpoint.supportedParameters, 'structured_outputs')
  const fitted = native ? fitSchema(schema, enforcedDialect) : undefined
  if (fitted?.schema !== undefined) return { format: { type: 'json_schema', schema: fitted.schema } }
  if (traits.forcedTools) {
    const answer = {
      name: freeName(name, tools),
      description: description ?? 'Gives the answer.',
      schema: inputSchema(schema, place),
    }
    return { answer }
  }
  const path = [place, ...(fitted?.refusal?.path ?? [])].join('.')
  const message = 'The structured output of this model cannot say this.'
  throw new GatewayError('invalid_request', `${path}: ${message}`, { issues: [{ path, message }] })
}

function freeName(name: string, tools: readonly Tool[]): string {
  const taken = new Set(tools.map((tool) => tool.name))
  let free = name
  while (taken.has(free)) free += '_'
  return free
}
