import type { Destinations } from '../../telemetry/destinations/open-destinations.ts'
import {
  DestinationReplySchema,
  encodeDestination,
  idParameter,
  refuseUnknownDestination,
} from '../destinations/describe-destination.ts'
import { readDestinationChange, UpdateDestinationSchema } from '../destinations/destination-body.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly destinations: Destinations
  readonly limits: BodyLimits
}

/** Contract §6.20, §8.B. */
export const updateDestination = defineRoute({
  method: 'patch',
  path: '/observability/destinations/{id}',
  access: 'management',
  id: 'updateObservabilityDestination',
  group: 'Destinations',
  summary: 'Change a destination',
  description:
    'Changes the fields that the body has. Of `config`, settings that are absent and secrets that are masked stay as they are, and null removes a setting.',
  parameters: [idParameter],
  body: { schema: UpdateDestinationSchema, example: { enabled: false } },
  success: { description: 'The destination.', json: DestinationReplySchema },
  errors: [...bodyErrors, 'not_found', 'conflict'],
  handle:
    ({ destinations, limits }: Dependencies) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      const change = readDestinationChange(await readJsonBody(exchange.incoming, limits))
      const entry = await destinations.update(principal.account, parameters['id'] ?? '', change)
      exchange.json({ data: encodeDestination(entry ?? refuseUnknownDestination(exchange)) })
    },
})
