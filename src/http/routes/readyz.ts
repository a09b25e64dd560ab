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
  summary: 'Whether it accepts requests',
  description:
    'While the gateway stops, running requests are finished but new ones should be sent elsewhere. While the disk of its journal accepts no writes, it begins no generation, because it could not record it.',
  success: { description: 'It accepts requests.', json: ReadinessSchema },
  otherwise: { 503: { description: 'It is stopping, or cannot record what it does.', json: ReadinessSchema } },
  errors: [],
  handle:
    ({ readiness }: { readonly readiness: () => Readiness }) =>
    (exchange) => {
      const status = readiness()
      exchange.json({ status }, status === 'ready' ? 200 : 503)
    },
})
