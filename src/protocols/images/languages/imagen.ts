import type { ImagesRequest } from '../../../canonical/generation-request.ts'
import { arrayOf, objectOf, stringOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import { unmetReferences } from '../unmet-references.ts'
import { nearestRatio, resolutionOf } from '../image-frame.ts'
import { ImageLog } from '../image-reply.ts'
import type { ImagesService } from '../quirks.ts'

export const imagenRatios = ['1:1', '3:4', '4:3', '9:16', '16:9']

/** Google's Imagen. Source: https://ai.google.dev/gemini-api/docs/imagen */
export const imagen: UpstreamProtocol<ImagesRequest, ImagesService> = {
  name: 'imagen',
  framing: 'sse',
  openCall(request, endpoint) {
    const { n = 1, frame, prompt, references } = request.input
    if (references.length > 0) throw unmetReferences(request, endpoint)
    const ratio = nearestRatio(frame, imagenRatios)
    const resolution = resolutionOf(frame)
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/models/${endpoint.upstreamModel}:predict`,
        headers: {},
        body: {
          instances: [{ prompt }],
          parameters: {
            sampleCount: n,
            ...(ratio !== undefined && { aspectRatio: ratio }),
            ...((resolution === '1K' || resolution === '2K') && { imageSize: resolution }),
          },
        },
        stream: false,
      },
      reply: openEventReply(endpoint.providerName, (log) => {
        const images = new ImageLog(log, n)
        return {
          event: () => {},
          result(body) {
            for (const prediction of arrayOf(body['predictions'])) {
              const image = objectOf(prediction)
              const data = stringOf(image?.['bytesBase64Encoded'])
              const reason = stringOf(image?.['raiFilteredReason'])
              if (data !== undefined) images.add(data)
              else if (reason !== undefined) return images.refuse(reason, reason)
            }
            images.complete({})
          },
        }
      }),
    }
  },
}
