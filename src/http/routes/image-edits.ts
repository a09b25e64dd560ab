import type { ImagesRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { ImageEditFormSchema, ImageEditRequestSchema } from '../../protocols/images/schema/edit-request.ts'
import { ImageEditsEventSchema, ImagesResponseSchema } from '../../protocols/images/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { completeImages } from '../complete-references.ts'
import { defineOwnInferenceRoute } from '../define-inference-route.ts'
import type { FetchTogether } from '../fetch-together.ts'
import { readImageEdit } from '../images/read-image-edit.ts'
import type { InferenceDependencies } from '../inference.ts'

interface Dependencies extends Pick<InferenceDependencies, 'limits'> {
  readonly imageEdits: ClientProtocol<ImagesRequest>
  readonly fetchTogether: FetchTogether
}

/** The address that OpenAI's clients ask to change images. Contract §8.B. */
export const imageEdits = defineOwnInferenceRoute({
  path: '/images/edits',
  id: 'editImages',
  summary: 'Edit images at the address of OpenAI',
  description:
    'The same as `POST /images` with images to start from, which are sent as files of a form or named in JSON. A `mask` is taken by providers that speak OpenAI’s language.',
  body: {
    schema: ImageEditRequestSchema,
    example: {
      model: 'waygate/simulator-images',
      prompt: 'The same in the evening light',
      images: [{ image_url: 'data:image/png;base64,iVBORw0KGgo=' }],
    },
    form: ImageEditFormSchema,
  },
  success: { description: 'The images.', json: ImagesResponseSchema, event: ImageEditsEventSchema },
  error: ErrorResponseSchema,
  protocol: ({ imageEdits: client }: Dependencies) => client,
  steps: ({ fetchTogether, limits: { bodyBytes } }: Dependencies) => ({
    read: readImageEdit,
    complete: (request, signal) => completeImages(request, pathOf, fetchTogether, bodyBytes, signal),
  }),
})

const pathOf = (index: number): string => `images[${index}].image_url`
