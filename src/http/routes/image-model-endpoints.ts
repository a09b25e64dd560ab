import { GatewayError } from '../../canonical/errors.ts'
import { defineRoute } from '../http-route.ts'
import { describeImageEndpoint, type ImageServiceOf, makesImages } from '../images/describe-image-model.ts'
import { type ModelFinder, modelOf, slugParameters } from '../models/find-model.ts'
import { ImageModelEndpointsSchema } from '../openapi/schema/image-model.ts'

interface Dependencies extends ModelFinder {
  readonly imageService: ImageServiceOf
}

/** Contract §8.B. */
export const imageModelEndpoints = defineRoute({
  method: 'get',
  path: '/images/models/{author}/{slug}/endpoints',
  access: 'recognised',
  id: 'listImageModelEndpoints',
  group: 'Catalogue',
  summary: 'List the endpoints of an image model',
  description: 'The providers that make images with a model, with the fields that they take and their prices.',
  parameters: slugParameters,
  success: { description: 'The endpoints.', json: ImageModelEndpointsSchema },
  errors: ['not_found', 'server'],
  handle: (dependencies: Dependencies) => (exchange) => {
    const model = modelOf(exchange, dependencies)
    const endpoints = model.endpoints.filter(makesImages)
    if (endpoints.length === 0) throw new GatewayError('not_found', `${model.slug} makes no images.`)
    exchange.json({
      id: model.slug,
      endpoints: endpoints.map((endpoint) => describeImageEndpoint(endpoint, dependencies.imageService)),
    })
  },
})
