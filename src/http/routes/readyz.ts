import { Type } from 'typebox'
import type { Readiness } from '../hooks/refuse-while-not-ready.ts'
import { defineRoute } from '../http-route.ts'

const ReadinessSchema = Type.Object({ status: Type.Enum(['ready', 'draining', 'backlogged']) }, { title: 'Readiness' })

export const readyz = defineRoute({
  method: 'get',
  path: '/readyz',
  atRoot: true,
  access: 'public',
  id: 'getReadiness',
  group: 'Gateway',
  summary: 'Whether it takes requests',
  description:
    'While it stops, running requests end but new ones should go elsewhere. While its database takes no writes and the records that wait fill 64 MiB, it begins no generation that it could not put on record.',
  success: { description: 'It takes requests.', json: ReadinessSchema },
  otherwise: { 503: { description: 'It is stopping, or cannot store more records.', json: ReadinessSchema } },
  errors: [],
  handle:
    ({ readiness }: { readonly readiness: () => Readiness }) =>
    (exchange) => {
      const status = readiness()
      exchange.json({ status }, status === 'ready' ? 200 : 503)
    },
})
