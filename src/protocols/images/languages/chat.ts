import type { CallEvent } from '../../../canonical/generation-event.ts'
import { GatewayError } from '../../../canonical/errors.ts'
import type { ChatRequest, ImagesRequest } from '../../../canonical/generation-request.ts'
import type { Modality } from '../../../canonical/content-part.ts'
import type { Usage } from '../../../canonical/usage.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { parseDataUrl } from '../../../util/data-url.ts'
import type { UpstreamReply } from '../../protocol.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { changedReply } from '../../vendors/changed-reply.ts'
import { nearestRatio, resolutionOf } from '../image-frame.ts'

/** Source: https://ai.google.dev/gemini-api/docs/image-generation */
export const geminiRatios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']
export const geminiResolutions = ['1K', '2K', '4K']

const withImages: ReadonlySet<Modality> = new Set(['image'])
const textAlone: ReadonlySet<Modality> = new Set()

/** Asks for an image in a chat: for models that make images only there, one in each answer. */
export function imageChat({ input, ...request }: ImagesRequest, endpoint: Endpoint): ChatRequest {
  if (input.mask !== undefined) throw unmetField('mask', endpoint, 'takes none')
  const { references, prompt, frame, seed } = input
  const ratio = nearestRatio(frame, geminiRatios)
  const resolution = resolutionOf(frame)
  const imageConfig = {
    ...(ratio !== undefined && { aspect_ratio: ratio }),
    ...(resolution !== undefined && geminiResolutions.includes(resolution) && { image_size: resolution }),
  }
  return {
    ...request,
    operation: 'chat',
    input: {
      type: 'messages',
      messages: [
        {
          role: 'user',
          content: [...references.map((url) => ({ type: 'image' as const, url })), { type: 'text', text: prompt }],
        },
      ],
      modalities: references.length > 0 ? withImages : textAlone,
    },
    parameters: {
      modalities: ['text', 'image'],
      ...(seed !== undefined && { seed }),
      ...(Object.keys(imageConfig).length > 0 && { imageConfig }),
    },
  }
}

/** Takes the images out of the answer of a chat. An answer without one is a failure, which costs nothing (contract §8.B). */
export function imagesOfChat(reply: UpstreamReply, providerName: string): UpstreamReply {
  let images = 0
  let refusal: string | null = null
  const failed = (kind: 'provider_unavailable' | 'content_policy_violation', message: string): CallEvent => ({
    type: 'error',
    error: new GatewayError(kind, message, { providerName }),
    retry: { scope: kind === 'content_policy_violation' ? 'next-model' : 'next-endpoint' },
  })
  const change = (event: CallEvent): readonly CallEvent[] => {
    switch (event.type) {
      case 'image': {
        const { data, mediaType } = parseDataUrl(event.url) ?? {}
        if (data === undefined) return []
        return [{ type: 'item', item: { type: 'generated-image', index: images++, data, mediaType } }]
      }
      case 'finish':
        if (event.reason === 'content_filter') refusal = 'The provider refused to make this image.'
        return []
      case 'usage':
        return []
      case 'call-end': {
        if (images === 0 && refusal !== null) return [failed('content_policy_violation', refusal)]
        if (images === 0) return [failed('provider_unavailable', 'The provider answered without an image.')]
        const usage: Usage = { ...event.usage, outputImages: images }
        return [
          { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
          { type: 'usage', usage },
          { type: 'call-end', usage },
        ]
      }
      case 'alive':
      case 'start':
      case 'upstream-request':
      case 'error':
        return [event]
      default:
        return []
    }
  }
  return changedReply(reply, change)
}
