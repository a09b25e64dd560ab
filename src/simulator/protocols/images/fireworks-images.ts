import { asString } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { mediaRequest } from '../media-request.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { simulatedImage } from './simulated-image.ts'

/**
 * The image workflows of Fireworks: one image a call.
 * Source: https://docs.fireworks.ai/api-reference/generate-a-new-image-from-a-text-prompt
 */
export const fireworksImages: Protocol = {
  serves: (path) => path.includes('/workflows/') && path.endsWith('/text_to_image'),
  framing: sse,
  failure: openaiFailure,
  open(body, path) {
    const prompt = asString(body['prompt'])
    if (prompt === null || prompt === '') throw new InvalidRequest('"prompt" must be a string that is not empty.')
    const [model = ''] = (path.split('?', 1)[0] ?? '').split('/').slice(-2)
    return {
      request: mediaRequest({ model: decodeURIComponent(model), promptTokens: countWords(prompt) }),
      whole: (_answer, settings) => ({
        id: 'simulated',
        base64: settings.tokens === 0 ? [] : [simulatedImage(0)],
        finishReason: settings.finish ?? 'SUCCESS',
        seed: body['seed'] ?? 1,
      }),
      frames: () => [],
    }
  },
}
