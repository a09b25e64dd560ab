import type { ImagesRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { ImagesRequestSchema } from '../../protocols/images/schema/request.ts'
import { ImagesEventSchema, ImagesResponseSchema } from '../../protocols/images/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { completeImages } from '../complete-references.ts'
import { defineOwnInferenceRoute } from '../define-inference-route.ts'
import type { FetchTogether } from '../fetch-together.ts'
import { type InferenceDependencies, readJson } from '../inference.ts'

interface Dependencies extends Pick<InferenceDependencies, 'limits'> {
  readonly images: ClientProtocol<ImagesRequest>
  readonly fetchTogether: FetchTogether
}

const referencePath = (index: number): string => `input_references[${index}].image_url.url`

const imagesAt = (path: `/${string}`, id: string, summary: string, description: string) =>
  defineOwnInferenceRoute({
    path,
    id,
    summary,
    description,
    body: {
      schema: ImagesRequestSchema,
      example: { model: 'waygate/simulator-images', prompt: 'A lighthouse in the morning light' },
    },
    success: { description: 'The images.', json: ImagesResponseSchema, event: ImagesEventSchema },
    error: ErrorResponseSchema,
    protocol: ({ images }: Dependencies) => images,
    steps: ({ fetchTogether, limits }: Dependencies) => ({
      read: readJson,
      complete: (request, signal) => completeImages(request, referencePath, fetchTogether, limits.bodyBytes, signal),
    }),
  })

/** Contract §8.B. */
export const images = imagesAt(
  '/images',
  'createImages',
  'Generate images',
  'Makes images of a prompt, or from other images. With `stream: true` the reply is an event stream: unfinished images where the provider has them, then each image, and `[DONE]`. Fewer images than were asked for are a 502, which costs nothing.',
)

/** The address that OpenAI's clients ask. */
export const imagesGenerations = imagesAt(
  '/images/generations',
  'generateImages',
  'Generate images at the address of OpenAI',
  'The same as `POST /images`.',
)
