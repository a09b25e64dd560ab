import type { Destinations } from '../../telemetry/destinations/open-destinations.ts'
import { DeletedSchema } from '../deleted-schema.ts'
import { idParameter, refuseUnknownDestination } from '../destinations/describe-destination.ts'
import { defineRoute } from '../http-route.ts'

/** Contract §8.B. */
export const deleteDestination = defineRoute({
  method: 'delete',
  path: '/observability/destinations/{id}',
  access: 'management',
  id: 'deleteObservabilityDestination',
  group: 'Destinations',
  summary: 'Delete a destination',
  description: 'Sends nothing to it any more, and deletes its settings.',
  parameters: [idParameter],
  success: { description: 'The destination is deleted.', json: DeletedSchema },
  errors: ['authentication', 'permission_denied', 'not_found', 'server'],
  handle:
    ({ destinations }: { readonly destinations: Destinations }) =>
    async (exchange) => {
      const { principal, parameters } = exchange
      if (!(await destinations.delete(principal.account, parameters['id'] ?? ''))) refuseUnknownDestination(exchange)
      exchange.json({ deleted: true })
    },
})
