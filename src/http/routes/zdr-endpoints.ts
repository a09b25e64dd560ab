import type { Catalog } from '../../catalog/model.ts'
import { retainsNothing } from '../../catalog/retains-nothing.ts'
import { defineRoute } from '../http-route.ts'
import { endpointText } from '../models/endpoint-text.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { EndpointListSchema } from '../openapi/schema/endpoint.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: ModelFacts
}

/** Contract §8.A, §6.21. */
export const zdrEndpoints = defineRoute({
  method: 'get',
  path: '/endpoints/zdr',
  access: 'recognised',
  id: 'listZdrEndpoints',
  group: 'Catalogue',
  summary: 'List the endpoints that retain no data',
  description:
    'The endpoints of all models whose provider retains nothing: those to which a request with `provider.zdr` is sent. What an account declares of its own keys for providers is not part of it.',
  success: { description: 'The endpoints, in the order of the models.', json: EndpointListSchema },
  errors: ['server'],
  handle:
    ({ catalog, models }: Dependencies) =>
    (exchange) => {
      const rows = [...catalog(exchange.caller?.account).models.values()].flatMap((model) =>
        model.endpoints
          .filter((endpoint) => retainsNothing(endpoint) && !endpoint.deprecated)
          .map((endpoint) => endpointText(endpoint, model, models, exchange)),
      )
      exchange.text(`{"data":[${rows.join(',')}]}`, { 'content-type': 'application/json' })
    },
})
