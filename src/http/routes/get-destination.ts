import type { Destinations } from '../../telemetry/destinations/open-destinations.ts'
import {
  DestinationReplySchema,
  encodeDestination,
  idParameter,
  refuseUnknownDestination,
} from '../destinations/describe-destination.ts'
import { defineRoute } from '../http-route.ts'

/** Contract §8.B. */
export const getDestination = defineRoute({
  method: 'get',
  path: '/observability/destinations/{id}',
  access: 'management',
  id: 'getObservabilityDestination',
  group: 'Destinations',
  summary: 'Get a destination',
  description: 'One destination of the account, with its secrets masked.',
  parameters: [idParameter],
  success: { description: 'The destination.', json: DestinationReplySchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ destinations }: { readonly destinations: Destinations }) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      const all = await destinations.list(principal.account)
      const entry = all.find(({ id }) => id === parameters['id'])
      exchange.json({ data: encodeDestination(entry ?? refuseUnknownDestination(exchange)) })
    },
})
