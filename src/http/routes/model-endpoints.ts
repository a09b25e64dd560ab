import { defineRoute } from '../http-route.ts'
import { describeArchitecture } from '../models/describe-model.ts'
import { endpointText } from '../models/endpoint-text.ts'
import { type ModelFinder, modelOf, slugParameters } from '../models/find-model.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { ModelEndpointsSchema } from '../openapi/schema/endpoint.ts'

interface Dependencies extends ModelFinder {
  readonly models: ModelFacts
}

/** Contract §8.A2. */
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
  handle: (dependencies: Dependencies) => (exchange) => {
    const found = modelOf(exchange, dependencies)
    const described = JSON.stringify({
      id: found.slug,
      name: found.name,
      created: found.created,
      description: found.description ?? '',
      architecture: describeArchitecture(found),
    })
    const rows = found.endpoints.map((endpoint) => endpointText(endpoint, found, dependencies.models, exchange))
    exchange.text(`{"data":${described.slice(0, -1)},"endpoints":[${rows.join(',')}]}}`, {
      'content-type': 'application/json',
    })
  },
})
