import type { ChatRequest, ImagesRequest } from '../../../canonical/generation-request.ts'
import type { Modality } from '../../../canonical/content-part.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { parseDataUrl } from '../../../util/data-url.ts'
import type { UpstreamReply } from '../../protocol.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { itemsOfChat } from '../../vendors/items-of-chat.ts'
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

/** Takes the image out of the answer of a chat. Each call is asked for one: those beyond it are left out, as in other languages. */
export const imagesOfChat = (reply: UpstreamReply, providerName: string): UpstreamReply =>
  itemsOfChat(reply, providerName, {
    wanted: 'an image',
    itemOf(event, index) {
      const image = event.type === 'image' && index === 0 ? parseDataUrl(event.url) : null
      return image && { type: 'generated-image', index, ...image }
    },
    usageOf: (usage, outputImages) => ({ ...usage, outputImages }),
  })
