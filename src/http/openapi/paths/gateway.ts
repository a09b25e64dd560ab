import { Type } from 'typebox'
import type { Group, Operation } from '../operation.ts'

const group: Group = { name: 'Gateway', description: 'The gateway itself.' }

const Readiness = Type.Object({ status: Type.Enum(['ready', 'draining']) }, { title: 'Readiness' })

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
    description: 'While it stops, running requests end but new ones should go elsewhere.',
    authenticated: false,
    success: { description: 'It takes requests.', json: Readiness },
    otherwise: { 503: { description: 'It is stopping.', json: Readiness } },
    errors: [],
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
