import { Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { ImagesRequestSchema, mostReferences } from './request.ts'

const ReferenceSchema = Type.Object(
  {
    image_url: Type.String({
      minLength: 1,
      description: 'An http(s) address, which the gateway fetches, or a data URL.',
    }),
  },
  { title: 'ImageEditReference' },
)

const { input_references: _, ...properties } = ImagesRequestSchema.properties

/** OpenAI's `POST /images/edits`, in JSON. Source: contract §8.B. */
export const ImageEditRequestSchema = Type.Object(
  {
    ...properties,
    images: Type.Array(ReferenceSchema, {
      minItems: 1,
      maxItems: mostReferences,
      description: 'The images to change or to combine.',
    }),
    mask: nullish(ReferenceSchema),
  },
  {
    title: 'ImageEditRequest',
    description: 'Images to change. Where `mask` is transparent, the first one is changed.',
  },
)

/** The fields of a form. `provider` and `trace` are JSON in it. */
export const ImageEditFormSchema = Type.Object(
  {
    ...properties,
    image: Type.String({
      description: 'An image to change, as a file. Up to 16 files may have this name, or `image[]`.',
    }),
    mask: Type.Optional(Type.String({ description: 'A file: where it is transparent, the first image is changed.' })),
  },
  { title: 'ImageEditForm' },
)
