import type { Endpoint, Pricing } from '../../catalog/endpoint.ts'
import type { Model } from '../../catalog/model.ts'
import { picoPerUsd, type PriceKind } from '../../catalog/price-kinds.ts'
import { type Capability, capabilitiesOf } from '../../protocols/images/capabilities.ts'
import type { ImagesService } from '../../protocols/images/quirks.ts'

/** Finds how images are made at an endpoint. */
export type ImageServiceOf = (endpoint: Endpoint) => ImagesService | undefined

type Capabilities = Readonly<Record<string, Capability>>

export const makesImages = ({ operations }: Endpoint): boolean => operations.includes('images')

/** Returns a row of `GET /images/models` (contract §8.B). What one endpoint can do, the model can. */
export function describeImageModel(model: Model, serviceOf: ImageServiceOf): object {
  const endpoints = model.endpoints.filter(makesImages)
  return {
    id: model.slug,
    name: model.name,
    created: model.created,
    description: model.description ?? '',
    architecture: { input_modalities: model.inputModalities, output_modalities: model.outputModalities },
    supported_parameters: endpoints
      .map((endpoint) => capabilitiesAt(endpoint, serviceOf))
      .reduceRight<Capabilities>((all, more) => ({ ...all, ...more }), {}),
    supports_streaming: endpoints.some((endpoint) => streams(serviceOf(endpoint))),
    endpoints: `/api/v1/images/models/${model.slug}/endpoints`,
  }
}

/** Returns a row of the endpoints of an image model (contract §8.B). */
export function describeImageEndpoint(endpoint: Endpoint, serviceOf: ImageServiceOf): object {
  return {
    provider_name: endpoint.providerName,
    provider_slug: endpoint.provider,
    provider_tag: endpoint.tag === endpoint.provider ? null : endpoint.tag,
    supported_parameters: capabilitiesAt(endpoint, serviceOf),
    supports_streaming: streams(serviceOf(endpoint)),
    allowed_passthrough_parameters: [],
    pricing: pricesOf(endpoint.pricing),
  }
}

function capabilitiesAt(endpoint: Endpoint, serviceOf: ImageServiceOf): Capabilities {
  const service = serviceOf(endpoint)
  return service === undefined ? {} : capabilitiesOf(service)
}

/** Whether a stream shows unfinished images. */
const streams = (service: ImagesService | undefined): boolean => service?.streams === true

/** The kinds of prices of images, in the words of the contract. */
const billed: readonly (readonly [kind: PriceKind, billable: string, unit: string])[] = [
  ['outputImage', 'output_image', 'image'],
  ['imageOutput', 'output_image', 'token'],
  ['prompt', 'input_text', 'token'],
  ['imageToken', 'input_image', 'token'],
  ['image', 'input_image', 'image'],
  ['request', 'output_image', 'request'],
]

const pricesOf = (pricing: Pricing): readonly object[] =>
  billed.flatMap(([kind, billable, unit]) => {
    const price = pricing[kind]
    return price === undefined || price === 0 ? [] : [{ billable, unit, cost_usd: price / picoUsd }]
  })

const picoUsd = picoPerUsd('request')
