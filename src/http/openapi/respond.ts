import type { ResponseObject } from './openapi-document.ts'
import type { SchemaObject } from './schema-object.ts'

/** Contract §0.b; `X-Request-Id` is our own. */
export const headers = {
  'X-Request-Id': { description: 'Names the request in the log of the gateway.', schema: { type: 'string' } },
  'X-Generation-Id': { description: 'The `id` of the reply, for `GET /generation`.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait, where a provider said so.', schema: { type: 'integer', minimum: 0 } },
} as const

/** A reply: its description, its schemas by media type, and what headers it has besides the one that all have. */
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
