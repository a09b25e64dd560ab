import { asArray, isObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { cohereFailure } from './cohere-embed.ts'
import { dimensionsOf, embedder, requiredList, requiredText, textInput } from './embedder.ts'
import { base64Of } from './vector.ts'

const mostInputs = 1_000
const kinds = ['text', 'image_url', 'image_base64', 'video_url', 'video_base64']

/** Voyage's multimodal embeddings. */
export const voyageMultimodal = embedder({
  serves: (path) => path.endsWith('/multimodalembeddings'),
  failure: (failure) => ({ detail: cohereFailure(failure).message }),
  parse(body) {
    const model = requiredText(body['model'], 'model')
    const inputs = requiredList(body['inputs'], 'inputs', mostInputs).map((input) => {
      const parts = asArray(isObject(input) ? input['content'] : undefined)
      const isKnown = parts.every((part) => isObject(part) && kinds.includes(String(part['type'])))
      if (parts.length === 0 || !isKnown)
        throw new InvalidRequest(`"content" must be parts of these types: ${kinds.join(', ')}.`)
      return textInput(JSON.stringify(parts))
    })
    const isBase64 = body['encoding_format'] === 'base64'
    return {
      model,
      inputs,
      dimensions: dimensionsOf(body['output_dimension'], 'output_dimension'),
      reply: (vectors, tokens) => ({
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding',
          index,
          embedding: isBase64 ? base64Of(vector) : vector,
        })),
        model,
        ...(tokens !== null && { usage: { text_tokens: tokens, image_pixels: 0, total_tokens: tokens } }),
      }),
    }
  },
})
