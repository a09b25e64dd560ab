import { type Static, Type } from 'typebox'
import type { Clock } from '../../util/clock.ts'
import type { Readiness } from '../hooks/refuse-while-not-ready.ts'
import { defineRoute } from '../http-route.ts'

const PartsSchema = Type.Object({
  database: Type.Object({
    kind: Type.Enum(['sqlite', 'postgres']),
    url: Type.String({ description: 'Its password is masked.' }),
    reachable: Type.Boolean({ description: 'Whether it answered a query within two seconds.' }),
  }),
  journal: Type.Object({
    waiting: Type.Integer({ minimum: 0, description: 'Records that are not in the database yet.' }),
    full: Type.Boolean({ description: 'Whether the disk takes no records.' }),
  }),
  shared_state: Type.Object({
    kind: Type.Enum(['memory', 'redis']),
    connected: Type.Boolean({ description: 'True for memory.' }),
  }),
})

const StatusSchema = Type.Object(
  {
    data: Type.Object(
      {
        version: Type.String(),
        node_version: Type.String(),
        node_id: Type.String({
          description: 'Another one after each start. Leases in PostgreSQL and facts in Redis are those of this id.',
        }),
        started_at: Type.String({ description: 'ISO time.' }),
        uptime_seconds: Type.Integer({ minimum: 0 }),
        readiness: Type.Enum(['ready', 'draining', 'backlogged']),
        ...PartsSchema.properties,
        memory: Type.Object({ rss_bytes: Type.Integer(), heap_used_bytes: Type.Integer() }),
      },
      { title: 'GatewayStatus' },
    ),
  },
  { title: 'GatewayStatusReply' },
)

/** What does not change while the process runs. */
export interface ProcessFacts {
  readonly version: string
  readonly nodeId: string
  /** Unix milliseconds. */
  readonly startedAt: number
}

interface Dependencies {
  readonly processFacts: ProcessFacts
  /** Looks how what the gateway depends on is. */
  readonly partsOfGateway: () => Promise<Static<typeof PartsSchema>>
  readonly readiness: () => Readiness
  readonly clock: Clock
}

/** Of this gateway's own. */
export const gatewayStatus = defineRoute({
  method: 'get',
  path: '/waygate/status',
  access: 'operator',
  id: 'getGatewayStatus',
  group: 'Operator',
  summary: 'Get the status of the gateway',
  description: 'The version, and how this process and what it depends on are.',
  success: { description: 'The status.', json: StatusSchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ processFacts, partsOfGateway, readiness, clock }: Dependencies) =>
    async (exchange) => {
      const { version, nodeId, startedAt } = processFacts
      const parts = await partsOfGateway()
      const { rss, heapUsed } = process.memoryUsage()
      exchange.json({
        data: {
          version,
          node_version: process.version,
          node_id: nodeId,
          started_at: new Date(startedAt).toISOString(),
          uptime_seconds: Math.max(0, Math.floor((clock.now() - startedAt) / 1000)),
          readiness: readiness(),
          ...parts,
          memory: { rss_bytes: rss, heap_used_bytes: heapUsed },
        },
      } satisfies Static<typeof StatusSchema>)
    },
})
