import { Type } from 'typebox'
import { defineRoute } from '../http-route.ts'

export const healthz = defineRoute({
  method: 'get',
  path: '/healthz',
  atRoot: true,
  access: 'public',
  id: 'getHealth',
  group: 'Gateway',
  summary: 'Whether it runs',
  description: 'Answers as long as the process runs.',
  success: {
    description: 'It runs.',
    json: Type.Object({ status: Type.Literal('ok') }, { title: 'Health' }),
  },
  errors: [],
  handle: () => (exchange) => exchange.json({ status: 'ok' }),
})
