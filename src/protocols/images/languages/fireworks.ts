import type { ImagesRequest } from '../../../canonical/generation-request.ts'
import { arrayOf, stringOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import { bareData } from '../../vendors/inline-media.ts'
import { unmetReferences } from '../unmet-references.ts'
import { encodeFrame } from '../encode-frame.ts'
import { ImageLog } from '../image-reply.ts'
import type { ImagesService } from '../quirks.ts'

export const fireworksRatios = ['1:1', '21:9', '16:9', '3:2', '5:4', '4:5', '2:3', '9:16', '9:21', '4:3', '3:4']

/**
 * The workflows of Fireworks: one image a call, so that several are several calls.
 * Source: https://docs.fireworks.ai/api-reference/generate-a-new-image-from-a-text-prompt
 */
export const fireworksImages: UpstreamProtocol<ImagesRequest, ImagesService> = {
  name: 'fireworks',
  framing: 'sse',
  openCall(request, endpoint) {
    const { input } = request
    if (input.references.length > 0) throw unmetReferences(request, endpoint)
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/workflows/${endpoint.upstreamModel}/text_to_image`,
        headers: { accept: 'application/json' },
        body: {
          prompt: input.prompt,
          ...encodeFrame(input.frame, { type: 'ratio', ratios: fireworksRatios }),
          ...(input.seed !== undefined && { seed: input.seed }),
        },
        stream: false,
      },
      reply: openEventReply(endpoint.providerName, (log) => {
        const images = new ImageLog(log, 1)
        return {
          event: () => {},
          result(body) {
            const finish = stringOf(body['finishReason']) ?? 'SUCCESS'
            if (finish === 'CONTENT_FILTERED') return images.refuse('The provider’s filter refused the image.')
            for (const image of arrayOf(body['base64'])) {
              const data = stringOf(image)
              images.add(data && bareData(data))
            }
            images.complete({}, finish)
          },
        }
      }),
    }
  },
}
