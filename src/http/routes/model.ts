import { Type } from 'typebox'
import { defineRoute } from '../http-route.ts'
import { describeModel } from '../models/describe-model.ts'
import { type ModelFinder, modelOf, slugParameters } from '../models/find-model.ts'
import { ModelSchema } from '../openapi/schema/model.ts'

export const model = defineRoute({
  method: 'get',
  path: '/model/{author}/{slug}',
  access: 'recognised',
  id: 'getModel',
  group: 'Catalogue',
  summary: 'Get a model',
  description: 'One model, by its slug or another name by which requests may call it.',
  parameters: slugParameters,
  success: { description: 'The model.', json: Type.Object({ data: ModelSchema }, { title: 'ModelReply' }) },
  errors: ['not_found', 'server'],
  handle: (finder: ModelFinder) => (exchange) => exchange.json({ data: describeModel(modelOf(exchange, finder)) }),
})
