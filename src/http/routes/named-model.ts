import { Type } from 'typebox'
import { defineRoute } from '../http-route.ts'
import { describeModel } from '../models/describe-model.ts'
import { type ModelFinder, modelOf } from '../models/find-model.ts'
import { ModelSchema } from '../openapi/schema/model.ts'

/** The names that requests may send as `model` include some without an author, and OpenAI's clients ask for the model of any name. */
export const namedModel = defineRoute({
  method: 'get',
  path: '/models/{slug}',
  access: 'recognised',
  id: 'retrieveNamedModel',
  group: 'Catalogue',
  summary: 'Get a model by a name without author',
  description: 'The same for an alias, or for a name that only one model has.',
  parameters: [{ name: 'slug', in: 'path', description: 'The name.', schema: Type.String(), example: 'simulator' }],
  success: { description: 'The model.', json: ModelSchema },
  errors: ['not_found', 'server'],
  handle: (finder: ModelFinder) => (exchange) => exchange.json(describeModel(modelOf(exchange, finder))),
})
