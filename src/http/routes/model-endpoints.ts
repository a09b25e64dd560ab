import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { describeArchitecture, describeEndpoint } from '../models/describe-model.ts'
import { describeStatistics } from '../models/describe-statistics.ts'
import { findModel, slugParameters } from '../models/find-model.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { ModelEndpointsSchema } from '../openapi/schema/endpoint.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: ModelFacts
}

/** Contract §8.A2. The speed of endpoints is shown only to clients that send a key. */
export const modelEndpoints = defineRoute({
  method: 'get',
  path: '/models/{author}/{slug}/endpoints',
  access: 'recognised',
  id: 'listModelEndpoints',
  group: 'Catalogue',
  summary: 'List the endpoints of a model',
  description:
    'The providers that serve a model, with their prices, limits, reliability and, where a key is sent, speed.',
  parameters: slugParameters,
  success: { description: 'The model and its endpoints.', json: ModelEndpointsSchema },
  errors: ['not_found', 'server'],
  handle:
    ({ catalog, models: { health } }: Dependencies) =>
    (exchange) => {
      const found = findModel(catalog(exchange.caller?.account), exchange.parameters)
      exchange.json({
        data: {
          id: found.slug,
          name: found.name,
          created: found.created,
          description: found.description ?? '',
          architecture: describeArchitecture(found),
          endpoints: found.endpoints.map((endpoint) => ({
            ...describeEndpoint(endpoint, found),
            ...describeStatistics(health.statistics(endpoint.id), exchange.caller !== undefined),
          })),
        },
      })
    },
})
