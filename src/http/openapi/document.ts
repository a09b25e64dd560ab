import { createComponents, type Components } from './components.ts'
import { describeErrors } from './error-responses.ts'
import type { OpenApiDocument, OperationObject, ResponseObject } from './openapi-document.ts'
import type { Operation, Success } from './operation.ts'
import { accountOperations } from './paths/account.ts'
import { catalogueOperations } from './paths/catalogue.ts'
import { gatewayOperations } from './paths/gateway.ts'
import { inferenceOperations } from './paths/inference.ts'
import { headers, respond } from './respond.ts'

const operations = [...inferenceOperations, ...catalogueOperations, ...accountOperations, ...gatewayOperations]

const description = `One endpoint, many models, several providers behind each, in the words of OpenRouter’s API.

A field that asks for something this gateway does not have is refused with a 400 that names it. Fields that nobody here knows are offered to the provider. \
In requests, \`null\` means the same as leaving a field out. In replies, new fields may appear at any time. Every path is also served under \`/v1\`.`

/** The description of the API, made from the schemas that check requests. Takes some milliseconds: build it once. */
export function buildDocument(): OpenApiDocument {
  const components = createComponents()
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation, components) }
  }
  const groups = new Set(operations.map(({ group }) => group))
  return {
    openapi: '3.1.1',
    info: { title: 'Waygate', version: 'v1', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    tags: [...groups],
    security: [{ bearer: [] }],
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

function describeOperation(operation: Operation, { reference }: Components): OperationObject {
  const { atRoot, authenticated, parameters = [], body, success, otherwise = {} } = operation
  const others = Object.entries(otherwise).map(([status, { description, json }]) => [
    status,
    respond(description, { 'application/json': reference(json) }),
  ])
  return {
    operationId: operation.id,
    tags: [operation.group.name],
    summary: operation.summary,
    description: operation.description,
    ...(atRoot && { servers: [{ url: '/' }] }),
    ...(!authenticated && { security: [] }),
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
        content: { 'application/json': { schema: reference(body.schema), example: body.example } },
      },
    }),
    responses: {
      200: succeed(success, reference),
      ...Object.fromEntries(others),
      ...describeErrors(operation.errors, reference),
    },
  }
}

function succeed(
  { description, json, event, isGeneration }: Success,
  reference: Components['reference'],
): ResponseObject {
  return respond(
    description,
    {
      'application/json': reference(json),
      ...(event !== undefined && { 'text/event-stream': reference(event) }),
    },
    isGeneration ? ['X-Generation-Id'] : [],
  )
}
