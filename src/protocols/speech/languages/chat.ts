import type { ContentPart } from '../../../canonical/content-part.ts'
import type { ChatRequest, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import type { UpstreamReply } from '../../protocol.ts'
import { itemsOfChat } from '../../vendors/items-of-chat.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { castOf, linesOf, promptOf } from '../dialogue.ts'

const noModalities = new Set<never>()

/**
 * Asks for speech in a chat, as Gemini's models for speech have it. They make PCM alone.
 * @param language The provider's language of chats. Only Google's has a word for several voices.
 * Source: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function speechChat({ input, ...request }: SpeechRequest, endpoint: Endpoint, language: string): ChatRequest {
  if (input.format !== 'pcm') throw unmetField('response_format', endpoint, 'makes pcm')
  if (input.references.length > 0) throw unmetField('input_references', endpoint, 'takes none')
  if (input.speed !== undefined && input.speed !== 1) throw unmetField('speed', endpoint, 'speaks at one speed')
  const cast = castOf(input, endpoint, language === 'generate-content' ? mostVoices : 1)
  const [{ voice }, ...others] = cast
  const content: readonly ContentPart[] =
    endpoint.template.speechMetadata === true
      ? linesOf(input, cast).map((value) => ({ type: 'vendor', item: { language: 'generate-content', value } }))
      : [{ type: 'text', text: promptOf(input, cast, endpoint) }]
  return {
    ...request,
    operation: 'chat',
    input: { type: 'messages', messages: [{ role: 'user', content }], modalities: noModalities },
    parameters: {
      modalities: ['audio'],
      audio: { ...(others.length > 0 ? { speakers: cast } : { voice }), format: 'pcm16' },
    },
  }
}

/** "Enables the use of up to two distinct voices in a single synthesis request." */
const mostVoices = 2

/** Takes the audio out of the answer of a chat. */
export const speechOfChat = (reply: UpstreamReply, providerName: string): UpstreamReply =>
  itemsOfChat(reply, providerName, {
    wanted: 'audio',
    itemOf: (event) =>
      event.type === 'audio-delta' && event.data ? { type: 'speech', bytes: Buffer.from(event.data, 'base64') } : null,
    // What such a model makes is audio.
    usageOf: (usage) => ({
      ...usage,
      completionAudioTokens: usage.completionAudioTokens ?? usage.completionTokens,
    }),
  })
