import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { describeImageModel, type ImageServiceOf, makesImages } from '../images/describe-image-model.ts'
import { ImageModelListSchema } from '../openapi/schema/image-model.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly imageService: ImageServiceOf
}

/** Contract §8.B. */
export const imageModels = defineRoute({
  method: 'get',
  path: '/images/models',
  access: 'recognised',
  id: 'listImageModels',
  group: 'Catalogue',
  summary: 'List image models',
  description: 'The models that at least one provider makes images with, and the fields of a request that they take.',
  success: { description: 'The models.', json: ImageModelListSchema },
  errors: ['server'],
  handle:
    ({ catalog, imageService }: Dependencies) =>
    (exchange) => {
      const models = [...catalog(exchange.caller?.account).models.values()]
      const data = models
        .filter(({ endpoints }) => endpoints.some(makesImages))
        .map((model) => describeImageModel(model, imageService))
      exchange.json({ data })
    },
})
