import type { Parameters } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { fitSchema } from '../vendors/json-schema-subset.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import type { ModelFamily } from './model-family.ts'
import { enforcedSchema } from './schema-dialects.ts'
import type { OutputConfig, ToolSpec } from './wire-request.ts'

interface StructuredOutput {
  readonly outputConfig?: OutputConfig
  /** A tool that the model must call with its answer: the call is turned back into text. */
  readonly answerTool: ToolSpec | null
}

/** Encodes a structured answer: enforced where the model and the schema allow it, otherwise through a tool. */
export function encodeStructuredOutput(
  { responseFormat: format, tools = [] }: Parameters,
  family: ModelFamily,
  names: ToolNames,
): StructuredOutput {
  const taken = new Set(tools.map(({ name }) => name))
  if (format?.type === 'json_object') {
    return { answerTool: answerTool(names, taken, { type: 'object', properties: {} }, 'Answers with a JSON object.') }
  }
  if (format?.type !== 'json_schema') return { answerTool: null }
  const { name, description, schema = { type: 'object', properties: {} } } = format
  const enforced = family.structuredOutputs ? fitSchema(schema, enforcedSchema).schema : undefined
  if (enforced === undefined) {
    return {
      answerTool: answerTool(names, taken, schema, description?.trim() || `Answers with ${name}, a JSON object.`),
    }
  }
  const jsonSchema = { schema: JSON.stringify(enforced), name, ...(description?.trim() && { description }) }
  return { answerTool: null, outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } }
}

/** Makes the tool for the answer. Its name is `json`, unless the client has a tool of that name. */
function answerTool(names: ToolNames, taken: ReadonlySet<string>, schema: JsonObject, description: string): ToolSpec {
  const name = names.toWire(taken.has('json') ? 'json answer' : 'json')
  return { name, description, inputSchema: { json: { type: 'object', ...schema } } }
}
