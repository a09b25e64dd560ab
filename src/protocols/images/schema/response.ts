import { Type } from 'typebox'
import { UsageSchema } from '../../gateway-fields/schema/usage.ts'
import type { EventFamily } from '../encode-stream.ts'

const Image = Type.String({ description: 'The image, in Base64.' })
const MediaType = Type.Optional(Type.String({ description: 'For example `image/png`.' }))

/** Source: contract §8.B. */
export const ImagesResponseSchema = Type.Object(
  {
    created: Type.Integer({ description: 'Unix seconds.' }),
    data: Type.Array(Type.Object({ b64_json: Image, media_type: MediaType })),
    usage: Type.Optional(UsageSchema),
  },
  { title: 'ImagesResponse' },
)

const Time = Type.Integer({ description: 'Unix seconds.' })

const eventSchema = (family: EventFamily, title: string) =>
  Type.Union(
    [
      Type.Object({
        type: Type.Literal(`${family}.partial_image`),
        b64_json: Image,
        partial_image_index: Type.Integer({ minimum: 0 }),
      }),
      Type.Object({
        type: Type.Literal(`${family}.completed`),
        b64_json: Image,
        media_type: MediaType,
        created: Time,
        created_at: Time,
        usage: Type.Optional(UsageSchema),
      }),
      Type.Object({
        type: Type.Literal('error'),
        error: Type.Object({
          code: Type.String({ description: 'The HTTP status that the failure would have been.' }),
          message: Type.String(),
          type: Type.String(),
        }),
      }),
    ],
    { title },
  )

/** Source: contract §8.B. */
export const ImagesEventSchema = eventSchema('image_generation', 'ImagesEvent')
export const ImageEditsEventSchema = eventSchema('image_edit', 'ImageEditsEvent')
