import type { Caller } from '../../canonical/principal.ts'
import type { Model } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { findModels, pageText } from '../models/list-models.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { filterParameters, pageParameters } from '../models/query-parameters.ts'
import { ModelListSchema } from '../openapi/schema/model.ts'

interface Dependencies {
  readonly usableModels: (caller: Caller) => readonly Model[]
  readonly models: ModelFacts
}

/** Contract §8.A. It takes every filter of `GET /models`, which is more than the contract asks for. */
export const userModels = defineRoute({
  method: 'get',
  path: '/models/user',
  access: 'inference',
  id: 'listUserModels',
  group: 'Catalogue',
  summary: 'List the models that the calling key may use',
  description:
    'The models as the calling key can use them: without the endpoints that were retired, that need a key of the account which this key may not use, or that a key of the account excludes. Prices and limits are those of the endpoints that remain.',
  parameters: [...filterParameters, ...pageParameters],
  success: { description: 'The models that match.', json: ModelListSchema },
  errors: ['invalid_request', 'server'],
  handle:
    ({ usableModels, models }: Dependencies) =>
    async (exchange) => {
      const { principal, query } = exchange
      const found = await findModels(usableModels(principal), query, models)
      exchange.text(pageText(found, query, '/models/user'), { 'content-type': 'application/json' })
    },
})
