import { resolutions } from '../../canonical/frame-of.ts'
import { aspectRatios, mostImages, mostReferences } from './schema/request.ts'
import { type FrameWords, type ImagesService, plainOpenAi } from './quirks.ts'
import { fireworksRatios } from './languages/fireworks.ts'
import { geminiRatios, geminiResolutions } from './languages/chat.ts'
import { imagenRatios } from './languages/imagen.ts'

/** What a field of a request may be (contract §8.B). */
export type Capability =
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | { readonly type: 'range'; readonly min: number; readonly max: number }
  | { readonly type: 'boolean' }

type Capabilities = Readonly<Record<string, Capability>>

/** Several images are several calls where one call makes fewer. */
const always: Capabilities = { n: { type: 'range', min: 1, max: mostImages } }

/** Describes the fields that have an effect where images are made so. */
export function capabilitiesOf({ language, openai = plainOpenAi }: ImagesService): Capabilities {
  switch (language) {
    case 'openai': {
      const { fields, qualities = ['auto', 'low', 'medium', 'high', 'xhigh', 'max'], references } = openai
      const most = references === 'image_url' ? 1 : mostReferences
      return {
        ...always,
        ...frameCapabilities(openai.frame),
        ...(fields.includes('quality') && { quality: oneOf(qualities) }),
        ...(fields.includes('outputFormat') && { output_format: oneOf(['png', 'jpeg', 'webp']) }),
        ...(fields.includes('background') && { background: oneOf(['auto', 'transparent', 'opaque']) }),
        ...(fields.includes('outputCompression') && { output_compression: { type: 'range', min: 0, max: 100 } }),
        ...(fields.includes('seed') && { seed: { type: 'boolean' } }),
        ...(references !== undefined && { input_references: { type: 'range', min: 0, max: most } }),
      }
    }
    case 'fireworks':
      return { ...always, aspect_ratio: oneOf(fireworksRatios), seed: { type: 'boolean' } }
    case 'imagen':
      return { ...always, aspect_ratio: oneOf(imagenRatios), resolution: oneOf(['1K', '2K']) }
    case 'chat':
      return {
        ...always,
        aspect_ratio: oneOf(geminiRatios),
        resolution: oneOf(geminiResolutions),
        input_references: { type: 'range', min: 0, max: mostReferences },
      }
  }
}

const oneOf = (values: readonly string[]): Capability => ({ type: 'enum', values })

function frameCapabilities(frame: FrameWords): Capabilities {
  switch (frame.type) {
    case 'size':
      return frame.sizes === undefined
        ? { aspect_ratio: oneOf(aspectRatios), resolution: oneOf(resolutions) }
        : { size: oneOf(frame.sizes) }
    case 'sides':
      return { aspect_ratio: oneOf(aspectRatios), resolution: oneOf(resolutions) }
    case 'ratio':
      return {
        aspect_ratio: oneOf(frame.ratios),
        ...(frame.resolutions !== undefined && {
          resolution: oneOf(frame.resolutions.map((resolution) => resolution.toUpperCase())),
        }),
      }
  }
}
