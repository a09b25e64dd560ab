import type { Destinations } from '../../telemetry/destinations/open-destinations.ts'
import { DestinationReplySchema, encodeDestination } from '../destinations/describe-destination.ts'
import { CreateDestinationSchema, readNewDestination } from '../destinations/destination-body.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly destinations: Destinations
  readonly limits: BodyLimits
}

/** Contract §6.20, §8.B. */
export const createDestination = defineRoute({
  method: 'post',
  path: '/observability/destinations',
  access: 'management',
  id: 'createObservabilityDestination',
  group: 'Destinations',
  summary: 'Add a destination',
  description:
    'Sends the generations of the account to a service from now on. A webhook gets a test call first, which must be answered with 2xx or 400.',
  body: {
    schema: CreateDestinationSchema,
    example: {
      type: 'webhook',
      name: 'Audit',
      config: { url: 'https://audit.example.com/generations' },
      privacy_mode: true,
    },
  },
  success: { status: 201, description: 'The destination.', json: DestinationReplySchema },
  errors: [...bodyErrors, 'conflict'],
  handle:
    ({ destinations, limits }: Dependencies) =>
    async (exchange) => {
      const { principal } = exchange
      const given = readNewDestination(await readJsonBody(exchange.incoming, limits), principal)
      exchange.json({ data: encodeDestination(await destinations.create(principal.account, given)) }, 201)
    },
})
