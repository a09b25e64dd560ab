import type { ResponseFormat } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ResponseFormat as WireResponseFormat } from './schema/response-format.ts'

/** Decodes `response_format` (contract §1.1). Null means absent. */
export function decodeResponseFormat(format: WireResponseFormat | null | undefined): ResponseFormat | undefined {
  if (format?.type !== 'json_schema') return format ?? undefined
  const { name, description, schema, strict } = format.json_schema
  return {
    type: 'json_schema',
    name,
    description: description ?? undefined,
    schema: schema ?? undefined,
    strict: strict ?? undefined,
  }
}

export function encodeResponseFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format?.type !== 'json_schema') return format
  const { type, ...schema } = format
  return { type, json_schema: schema }
}
