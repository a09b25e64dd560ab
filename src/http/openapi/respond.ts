import type { ResponseObject } from './openapi-document.ts'
import type { SchemaObject } from './schema-object.ts'

/** Contract §0.b; `X-Request-Id` is Waygate's own header. */
export const headers = {
  'X-Request-Id': { description: 'The id of the request in the log of the gateway.', schema: { type: 'string' } },
  'X-Generation-Id': { description: 'The `id` of the reply, for `GET /generation`.', schema: { type: 'string' } },
  'Retry-After': {
    description: 'The seconds to wait, where a provider named a time.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const

/** Describes a response: its description, its schemas by media type, and its headers besides the one that all have. */
export function respond(
  description: string,
  schemas: Readonly<Record<string, SchemaObject>>,
  names: readonly (keyof typeof headers)[] = [],
): ResponseObject {
  return {
    description,
    headers: Object.fromEntries(
      (['X-Request-Id', ...names] as const).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    ),
    content: Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }])),
  }
}
