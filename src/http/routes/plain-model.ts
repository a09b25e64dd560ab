import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { describeModel } from '../models/describe-model.ts'
import { findModel, slugParameters } from '../models/find-model.ts'
import { ModelSchema } from '../openapi/schema/model.ts'

/** OpenAI's clients request one model at this address, and expect it outside `data`. */
export const plainModel = defineRoute({
  method: 'get',
  path: '/models/{author}/{slug}',
  access: 'recognised',
  id: 'retrieveModel',
  group: 'Catalogue',
  summary: 'Get a model in OpenAI’s form',
  description: 'The same model, not inside `data`. The slash of the slug may be encoded.',
  parameters: slugParameters,
  success: { description: 'The model.', json: ModelSchema },
  errors: ['not_found', 'server'],
  handle:
    ({ catalog }: { readonly catalog: (account?: string) => Catalog }) =>
    (exchange) =>
      exchange.json(describeModel(findModel(catalog(exchange.caller?.account), exchange.parameters))),
})
