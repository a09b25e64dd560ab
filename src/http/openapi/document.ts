import { accessRules } from '../access.ts'
import { groups } from './groups.ts'
import type { ApiRoute, HttpRoute, Success } from '../http-route.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { createComponents, type Components } from './components.ts'
import { describeErrors } from './error-responses.ts'
import type { OpenApiDocument, OperationObject, ResponseObject } from './openapi-document.ts'
import { headers, respond } from './respond.ts'
import type { SchemaObject } from './schema-object.ts'

const description = `One endpoint, many models, several providers behind each, in the words of OpenRouter’s API.

A field that asks for something this gateway does not have is refused with a 400 that names it. Fields that nobody here knows are offered to the provider. \
In requests, \`null\` means the same as leaving a field out. In replies, new fields may appear at any time. Every path is also served under \`/v1\`.`

/** Builds the OpenAPI document from the routes and the schemas that validate requests. This takes some milliseconds, so build it once. */
export function buildDocument(routes: readonly HttpRoute<never>[]): OpenApiDocument {
  const described = routes.filter((route) => route.type === 'api')
  const components = createComponents()
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const route of described) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(route, components) }
  }
  const used = new Set(described.map(({ group }) => group))
  return {
    openapi: '3.1.1',
    info: { title: 'Waygate', version: 'v1', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    tags: [...used].map((name) => ({ name, description: groups[name] })),
    security: [bearer],
    paths,
    components: {
      schemas: components.schemas,
      headers,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer sk-or-v1-…`.' },
      },
    },
  }
}

const bearer = { bearer: [] }

/** The security of an operation where it differs from the document's default, which is a required key. */
const security = {
  none: { security: [] },
  optional: { security: [{}, bearer] },
  required: {},
} as const

function describeRoute(route: ApiRoute<never>, { reference }: Components): OperationObject {
  const { atRoot, access, parameters = [], body, success, otherwise = {} } = route
  const others = Object.entries(otherwise).map(([status, { description, json }]) => [
    status,
    respond(description, { 'application/json': reference(json) }),
  ])
  return {
    operationId: route.id,
    tags: [route.group],
    summary: route.summary,
    description: route.description,
    ...(atRoot && { servers: [{ url: '/' }] }),
    ...security[accessRules[access].key],
    ...(parameters.length > 0 && {
      parameters: parameters.map(({ name, in: place, required, schema, ...rest }) => ({
        name,
        in: place,
        required: required ?? place === 'path',
        ...rest,
        schema: reference(schema),
      })),
    }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: reference(body.schema), example: body.example },
          ...(body.form !== undefined && { 'multipart/form-data': { schema: reference(body.form) } }),
        },
      },
    }),
    responses: {
      [success.status ?? 200]: succeed(success, reference),
      ...Object.fromEntries(others),
      ...describeErrors(route.errors, reference(route.envelope?.json ?? ErrorResponseSchema)),
    },
  }
}

function succeed(
  { description, json, bytes = [], event, isGeneration }: Success,
  reference: Components['reference'],
): ResponseObject {
  return respond(
    description,
    {
      ...(json !== undefined && { 'application/json': reference(json) }),
      ...Object.fromEntries(bytes.map((type) => [type, anyBytes])),
      ...(event !== undefined && { 'text/event-stream': reference(event) }),
    },
    isGeneration ? ['X-Generation-Id'] : [],
  )
}

/** A schema of JSON cannot tell more of bytes (OpenAPI 3.1, Working with Binary Data). */
const anyBytes: SchemaObject = { description: 'The bytes themselves.' }
