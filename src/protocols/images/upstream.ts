import type { ServiceProtocols } from '../protocol.ts'
import { fireworksImages } from './languages/fireworks.ts'
import { imagen } from './languages/imagen.ts'
import { openAiImages } from './languages/openai.ts'

/** The upstream side: the languages in which images are asked for. */
export const imagesUpstreams: ServiceProtocols['images'] = {
  openai: openAiImages,
  fireworks: fireworksImages,
  imagen,
}
