import { Type } from 'typebox'
import type { Destinations } from '../../telemetry/destinations/open-destinations.ts'
import { DestinationSchema, encodeDestination } from '../destinations/describe-destination.ts'
import { refuseOtherWorkspace } from '../destinations/refuse-other-workspace.ts'
import { defineRoute } from '../http-route.ts'
import { pageOf, pageParameters } from '../page-of.ts'

const DestinationListSchema = Type.Object(
  { data: Type.Array(DestinationSchema), total_count: Type.Integer({ minimum: 0 }) },
  { title: 'ObservabilityDestinationList' },
)

/** Contract §6.20, §8.B. */
export const listDestinations = defineRoute({
  method: 'get',
  path: '/observability/destinations',
  access: 'management',
  id: 'listObservabilityDestinations',
  group: 'Destinations',
  summary: 'List destinations',
  description:
    'The services to which the generations of the account are sent, oldest first. Those of the configuration are not listed.',
  parameters: [
    {
      name: 'workspace_id',
      in: 'query',
      description: 'Only the account itself, by its name.',
      schema: Type.String(),
    },
    ...pageParameters,
  ],
  success: { description: 'The destinations.', json: DestinationListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'server'],
  handle:
    ({ destinations }: { readonly destinations: Destinations }) =>
    async (exchange) => {
      const { query, principal } = exchange
      const { offset, limit } = pageOf(query)
      refuseOtherWorkspace(query.get('workspace_id'), principal.account)
      const all = await destinations.list(principal.account)
      exchange.json({ data: all.slice(offset, offset + limit).map(encodeDestination), total_count: all.length })
    },
})
