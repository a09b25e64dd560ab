import { asInteger, asString, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { countWords } from '../../simulated-text.ts'
import { mediaRequest } from '../media-request.ts'
import { namedEvents } from '../named-events.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Frame, Protocol } from '../protocol.ts'
import { simulatedImage, tokensPerImage } from './simulated-image.ts'

const events = namedEvents('{"type":"image_generation.partial_image","b64_json":"iVBO')
const mostImages = 10
const tokensPerReference = 323

/**
 * OpenAI's images, as Together and xAI have them too. A form with images, at `/images/edits`, is answered in the same way.
 * Source: https://platform.openai.com/docs/api-reference/images
 */
export const openAiImages: Protocol = {
  serves: (path) => path.endsWith('/images/generations') || path.endsWith('/images/edits'),
  framing: events,
  failure: openaiFailure,
  open(body, path) {
    const model = asString(body['model'])
    const prompt = asString(body['prompt'])
    if (model === null || model === '') throw new InvalidRequest('"model" must be a string: the id of a model.')
    if (prompt === null || prompt === '') throw new InvalidRequest('"prompt" must be a string that is not empty.')
    const images = asInteger(Number(body['n'] ?? 1)) ?? 0
    if (images < 1 || images > mostImages) throw new InvalidRequest(`"n" must be between 1 and ${mostImages}.`)
    const family = (path.split('?', 1)[0] ?? '').endsWith('/edits') ? 'image_edit' : 'image_generation'
    const references = [body['image'] ?? []].flat().length
    const partials = asInteger(Number(body['partial_images'] ?? 0)) ?? 0
    const request = mediaRequest({
      model,
      promptTokens: countWords(prompt) + references * tokensPerReference,
      stream: String(body['stream']) === 'true',
      choices: images,
    })
    const usage = (settings: ReplySettings) => usageOf(request.promptTokens, references, images, settings)
    return {
      request,
      whole: (_answer, settings) => ({
        created: Math.floor(Date.now() / 1000),
        background: 'opaque',
        data: Array.from({ length: settings.tokens === 0 ? 0 : images }, (_, index) =>
          body['response_format'] === 'url'
            ? { url: `https://images.example.com/${index}.png` }
            : { b64_json: simulatedImage(index) },
        ),
        output_format: 'png',
        size: '1024x1024',
        ...usage(settings),
      }),
      frames: (_answer, settings) => [
        ...Array.from({ length: partials }, (_, index) =>
          content({ type: `${family}.partial_image`, ...partial(index) }),
        ),
        ...Array.from({ length: settings.tokens === 0 ? 0 : images }, (_, index) =>
          content({
            type: `${family}.completed`,
            b64_json: simulatedImage(index),
            ...described,
            ...(index === images - 1 && usage(settings)),
          }),
        ),
      ],
    }
  },
}

const described = { size: '1024x1024', quality: 'high', background: 'opaque', output_format: 'png' }
const partial = (index: number): JsonObject => ({
  b64_json: simulatedImage(index),
  partial_image_index: index,
  ...described,
})

const content = (event: JsonObject): Frame => ({ kind: 'content', text: events.frame(JSON.stringify(event)) })

function usageOf(prompt: number, references: number, images: number, { noUsage, usage }: ReplySettings): JsonObject {
  if (noUsage) return {}
  const input = usage?.prompt ?? prompt
  const output = usage?.completion ?? images * tokensPerImage
  const image = Math.min(input, references * tokensPerReference)
  return {
    usage: {
      input_tokens: input,
      output_tokens: output,
      total_tokens: input + output,
      input_tokens_details: { text_tokens: input - image, image_tokens: image },
    },
  }
}
