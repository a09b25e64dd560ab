import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { findModels, pageText } from '../models/list-models.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { filterParameters, pageParameters } from '../models/query-parameters.ts'
import { ModelListSchema } from '../openapi/schema/model.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: ModelFacts
}

/** Contract §8.A. It takes every filter of `GET /models`, but for the output, which is given. */
export const embeddingsModels = defineRoute({
  method: 'get',
  path: '/embeddings/models',
  access: 'recognised',
  id: 'listEmbeddingsModels',
  group: 'Catalogue',
  summary: 'List embedding models',
  description: 'The models that turn texts into vectors and that at least one provider serves here.',
  parameters: [...filterParameters.filter(({ name }) => name !== 'output_modalities'), ...pageParameters],
  success: { description: 'The models that match.', json: ModelListSchema },
  errors: ['invalid_request', 'server'],
  handle:
    ({ catalog, models }: Dependencies) =>
    async (exchange) => {
      const query = new URLSearchParams(exchange.query)
      query.set('output_modalities', 'embeddings')
      const found = await findModels(catalog(exchange.caller?.account).models.values(), query, models)
      exchange.text(pageText(found, query, '/embeddings/models'), { 'content-type': 'application/json' })
    },
})
