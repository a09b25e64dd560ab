import type { ChatRequest, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import type { UpstreamReply } from '../../protocol.ts'
import { itemsOfChat } from '../../vendors/items-of-chat.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { oneVoice } from '../one-voice.ts'

const usualVoice = 'Kore'
const noModalities = new Set<never>()

/**
 * Asks for speech in a chat, as Gemini's models for speech have it. They make PCM alone, and read how to speak from the prompt.
 * Source: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function speechChat({ input, ...request }: SpeechRequest, endpoint: Endpoint): ChatRequest {
  const { text, voice = usualVoice, instructions } = oneVoice(input, endpoint)
  if (input.format !== 'pcm') throw unmetField('response_format', endpoint, 'makes pcm')
  if (input.references.length > 0) throw unmetField('input_references', endpoint, 'takes none')
  if (input.speed !== undefined && input.speed !== 1) throw unmetField('speed', endpoint, 'speaks at one speed')
  const said = instructions === undefined ? text : `${instructions}\n\n${text}`
  return {
    ...request,
    operation: 'chat',
    input: {
      type: 'messages',
      messages: [{ role: 'user', content: [{ type: 'text', text: said }] }],
      modalities: noModalities,
    },
    parameters: { modalities: ['audio'], audio: { voice, format: 'pcm16' } },
  }
}

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
