import { defineRoute } from '../http-route.ts'
import { describeModel } from '../models/describe-model.ts'
import { type ModelFinder, modelOf, slugParameters } from '../models/find-model.ts'
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
  handle: (finder: ModelFinder) => (exchange) => exchange.json(describeModel(modelOf(exchange, finder))),
})
