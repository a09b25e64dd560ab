import { Type, type Static } from 'typebox'
import { CacheControlSchema } from '../../../canonical/settings/cache-control.ts'
import { nullish } from '../../../util/nullish.ts'

const cacheMarkers = {
  cache_control: nullish(CacheControlSchema),
  prompt_cache_breakpoint: nullish(
    Type.Object({
      mode: Type.Literal('explicit'),
      ttl: nullish(Type.String({ description: 'How long it is kept at least: `30m` or `12h`.' })),
    }),
  ),
}

export const TextPartSchema = Type.Object(
  { type: Type.Literal('text'), text: Type.String(), ...cacheMarkers },
  { title: 'TextPart' },
)

const ImagePartSchema = Type.Object(
  {
    type: Type.Literal('image_url'),
    image_url: Type.Object({
      // Anchored and bounded: it reads the beginning of a data URL of megabytes, not the rest.
      url: Type.String({
        pattern: '^([hH][tT][tT][pP][sS]?://|data:image/[a-zA-Z0-9.+-]{1,64};base64,)',
        'x-expects': 'an http(s) address or a data:image/…;base64, URL',
      }),
      detail: nullish(Type.Enum(['auto', 'low', 'high', 'original'])),
    }),
    ...cacheMarkers,
  },
  { title: 'ImagePart' },
)

const AudioPartSchema = Type.Object(
  {
    type: Type.Literal('input_audio'),
    input_audio: Type.Object({
      data: Type.String({ minLength: 1, description: 'Base64, never an address.' }),
      format: Type.String({
        minLength: 1,
        description: 'The container, e.g. `wav`; the endpoint decides what it takes.',
      }),
    }),
    ...cacheMarkers,
  },
  { title: 'AudioPart' },
)

const VideoPartSchema = Type.Object(
  {
    type: Type.Enum(['video_url', 'input_video'], { description: '`input_video` is the older name.' }),
    video_url: Type.Object({
      url: Type.String({ minLength: 1, description: 'An http(s) address or a data URL.' }),
      processing: nullish(Type.Enum(['agentic', 'static'], { description: 'How it is watched. No effect yet.' })),
    }),
    ...cacheMarkers,
  },
  { title: 'VideoPart' },
)

const FilePartSchema = Type.Object(
  {
    type: Type.Literal('file'),
    file: Type.Refine(
      Type.Object({
        filename: nullish(Type.String()),
        file_data: nullish(Type.String({ description: 'A data URL or an http(s) address.' })),
        file_id: nullish(Type.String({ description: 'A file uploaded before.' })),
      }),
      (file) => Boolean(file.file_data) || Boolean(file.file_id),
      () => 'needs file_data or file_id',
    ),
    ...cacheMarkers,
  },
  { title: 'FilePart' },
)

/** Source: contract §2.2. */
export const ContentPartSchema = Type.Union(
  [TextPartSchema, ImagePartSchema, AudioPartSchema, VideoPartSchema, FilePartSchema],
  { title: 'ContentPart' },
)

export type ContentPart = Static<typeof ContentPartSchema>
