import { Type, type Static } from 'typebox'
import { resolutions } from '../../../canonical/frame-of.ts'
import { nullish } from '../../../util/nullish.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'

/** A prompt is text; the longest that a vendor takes has 32,000 characters. */
const longestPrompt = 200_000
export const mostReferences = 16
export const mostImages = 10

/** The ratios of the contract, the widest first. Vendors have fewer; the nearest one is asked for. */
export const aspectRatios = [
  '8:1',
  '4:1',
  '5:2',
  '2.35:1',
  '21:9',
  '20:9',
  '19.5:9',
  '2:1',
  '16:9',
  '3:2',
  '7:5',
  '4:3',
  '5:4',
  '1:1',
  '4:5',
  '3:4',
  '5:7',
  '2:3',
  '9:16',
  '1:2',
  '9:19.5',
  '9:20',
  '9:21',
  '1:4',
  '1:8',
  'auto',
] as const

const ReferenceSchema = Type.Object(
  {
    type: Type.Literal('image_url'),
    image_url: Type.Object({
      url: Type.String({ minLength: 1, description: 'An http(s) address, which the gateway fetches, or a data URL.' }),
    }),
  },
  { title: 'ImageReference' },
)

/** `POST /images`, and OpenAI's `POST /images/generations`. Source: contract §8.B. */
export const ImagesRequestSchema = Type.Object(
  {
    prompt: Type.String({ minLength: 1, maxLength: longestPrompt, description: 'What the image shows.' }),
    model: gatewayProperties.model,
    models: gatewayProperties.models,
    n: nullish(Type.Integer({ minimum: 1, maximum: mostImages, default: 1, description: 'How many images.' })),
    size: nullish(
      Type.String({
        pattern: '^(auto|[1-9]\\d{1,4}x[1-9]\\d{1,4}|512|768|1K|1\\.5K|2K|4K)$',
        'x-expects': 'auto, pixels such as 1024x1024, or a resolution such as 1K',
        description: 'Width and height in pixels, or a resolution.',
      }),
    ),
    resolution: nullish(Type.Enum([...resolutions], { description: 'The length of a side of a square image.' })),
    aspect_ratio: nullish(Type.Enum([...aspectRatios], { description: 'Width to height.' })),
    quality: nullish(
      Type.Enum(['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd'], {
        description: 'How much work goes into the image; `standard` and `hd` are OpenAI’s older words.',
      }),
    ),
    output_format: nullish(Type.Enum(['png', 'jpeg', 'webp', 'svg'], { description: 'The format of the image.' })),
    background: nullish(Type.Enum(['auto', 'transparent', 'opaque'])),
    output_compression: nullish(
      Type.Integer({ minimum: 0, maximum: 100, description: 'For `jpeg` and `webp`: 100 is the best.' }),
    ),
    seed: nullish(Type.Integer()),
    input_references: nullish(
      Type.Array(ReferenceSchema, { maxItems: mostReferences, description: 'Images to start from or to change.' }),
    ),
    response_format: nullish(
      Type.Enum(['b64_json'], { description: 'OpenAI’s: images are always in the reply itself, in Base64.' }),
    ),
    partial_images: nullish(
      Type.Integer({ minimum: 0, maximum: 3, description: 'OpenAI’s: how many unfinished images a stream shows.' }),
    ),
    stream: gatewayProperties.stream,
    provider: gatewayProperties.provider,
    session_id: gatewayProperties.session_id,
    user: shortUser,
    trace: gatewayProperties.trace,
  },
  { title: 'ImagesRequest', description: 'An image to generate.' },
)

export type ImagesRequestBody = Static<typeof ImagesRequestSchema>
