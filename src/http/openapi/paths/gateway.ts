import { Type } from 'typebox'
import { ChatCompletionsRequestSchema } from '../../../protocols/chat-completions/schema/request.ts'
import type { Group, Operation } from '../operation.ts'
import { RouteExplanationSchema } from '../schema/route-explanation.ts'

const group: Group = { name: 'Gateway', description: 'The gateway itself.' }

const Readiness = Type.Object({ status: Type.Enum(['ready', 'draining', 'backlogged']) }, { title: 'Readiness' })

export const gatewayOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    atRoot: true,
    id: 'getHealth',
    group,
    summary: 'Whether it runs',
    description: 'Answers as long as the process runs.',
    authenticated: false,
    success: {
      description: 'It runs.',
      json: Type.Object({ status: Type.Literal('ok') }, { title: 'Health' }),
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/readyz',
    atRoot: true,
    id: 'getReadiness',
    group,
    summary: 'Whether it takes requests',
    description:
      'While it stops, running requests end but new ones should go elsewhere. While its database takes no writes and the records that wait fill 64 MiB, it begins no generation that it could not put on record.',
    authenticated: false,
    success: { description: 'It takes requests.', json: Readiness },
    otherwise: { 503: { description: 'It is stopping, or cannot store more records.', json: Readiness } },
    errors: [],
  },
  {
    method: 'post',
    path: '/route',
    id: 'explainRoute',
    group,
    summary: 'Ask where a request would go',
    description:
      'Takes the body of a chat request and answers with every endpoint that comes into question: the order in which they would be tried, why, at what cost, and why others are left out. Calls nobody and costs nothing.',
    authenticated: true,
    body: {
      schema: ChatCompletionsRequestSchema,
      example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
    },
    success: {
      description: 'The explanation; `error` says what the request itself would be answered with.',
      json: RouteExplanationSchema,
    },
    errors: [
      'invalid_request',
      'authentication',
      'permission_denied',
      'payload_too_large',
      'unsupported_media_type',
      'server',
    ],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    group,
    summary: 'Get this description',
    description: 'The OpenAPI document of this gateway.',
    authenticated: false,
    success: {
      description: 'The document.',
      json: Type.Object({ openapi: Type.String() }, { title: 'OpenApiDocument' }),
    },
    errors: ['server'],
  },
]
