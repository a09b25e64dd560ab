import { Type } from 'typebox'
import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { findModels } from '../models/list-models.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { filterParameters } from '../models/query-parameters.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: ModelFacts
}

export const modelsCount = defineRoute({
  method: 'get',
  path: '/models/count',
  access: 'recognised',
  id: 'countModels',
  group: 'Catalogue',
  summary: 'Count models',
  description: 'The number of models that match. The filters are those of the list.',
  parameters: filterParameters,
  success: {
    description: 'The count.',
    json: Type.Object({ data: Type.Object({ count: Type.Integer({ minimum: 0 }) }) }, { title: 'ModelCount' }),
  },
  errors: ['invalid_request', 'server'],
  handle:
    ({ catalog, models }: Dependencies) =>
    async (exchange) => {
      const found = await findModels(catalog(exchange.caller?.account).models.values(), exchange.query, models)
      exchange.json({ data: { count: found.length } })
    },
})
