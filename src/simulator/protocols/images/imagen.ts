import { asArray, asInteger, asString, isObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { generateContent } from '../generate-content/generate-content.ts'
import { mediaRequest } from '../media-request.ts'
import type { Protocol } from '../protocol.ts'
import { simulatedImage } from './simulated-image.ts'

/** Vertex AI has the same address for other models. */
const pattern = /\/models\/(?<model>imagen[^/]*):predict$/
const mostImages = 4

/** Google's Imagen. Source: https://ai.google.dev/gemini-api/docs/imagen */
export const imagen: Protocol = {
  serves: (path) => pattern.test(path),
  framing: generateContent.framing,
  failure: generateContent.failure,
  open(body, path) {
    const [instance] = asArray(body['instances'])
    const prompt = isObject(instance) ? asString(instance['prompt']) : null
    if (prompt === null || prompt === '') throw new InvalidRequest('instances[0].prompt must be a string.')
    const parameters = isObject(body['parameters']) ? body['parameters'] : {}
    const images = asInteger(parameters['sampleCount']) ?? mostImages
    if (images < 1 || images > mostImages) throw new InvalidRequest('sampleCount must be between 1 and 4.')
    const [, model = ''] = pattern.exec(path.split('?', 1)[0] ?? '') ?? []
    return {
      request: mediaRequest({ model: decodeURIComponent(model), promptTokens: countWords(prompt) }),
      whole: (_answer, settings) => ({
        predictions: Array.from({ length: settings.tokens === 0 ? 0 : images }, (_, index) => ({
          mimeType: 'image/png',
          bytesBase64Encoded: simulatedImage(index),
        })),
      }),
      frames: () => [],
    }
  },
}
