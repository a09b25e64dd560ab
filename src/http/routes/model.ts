import { Type } from 'typebox'
import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { describeModel } from '../models/describe-model.ts'
import { findModel, slugParameters } from '../models/find-model.ts'
import { ModelSchema } from '../openapi/schema/model.ts'

export const model = defineRoute({
  method: 'get',
  path: '/model/{author}/{slug}',
  access: 'recognised',
  id: 'getModel',
  group: 'Catalogue',
  summary: 'Get a model',
  description: 'One model, by its slug or an alias.',
  parameters: slugParameters,
  success: { description: 'The model.', json: Type.Object({ data: ModelSchema }, { title: 'ModelReply' }) },
  errors: ['not_found', 'server'],
  handle:
    ({ catalog }: { readonly catalog: (account?: string) => Catalog }) =>
    (exchange) =>
      exchange.json({ data: describeModel(findModel(catalog(exchange.caller?.account), exchange.parameters)) }),
})
