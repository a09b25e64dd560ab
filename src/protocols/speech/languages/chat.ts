import { GatewayError } from '../../../canonical/errors.ts'
import type { CallEvent } from '../../../canonical/generation-event.ts'
import type { ChatRequest, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import type { UpstreamReply } from '../../protocol.ts'
import { changedReply } from '../../vendors/changed-reply.ts'
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
export function speechOfChat(reply: UpstreamReply, providerName: string): UpstreamReply {
  let hasAudio = false
  const change = (event: CallEvent): readonly CallEvent[] => {
    switch (event.type) {
      case 'audio-delta':
        if (event.data === undefined || event.data === '') return []
        hasAudio = true
        return [{ type: 'item', item: { type: 'speech', bytes: Buffer.from(event.data, 'base64') } }]
      case 'call-end': {
        if (!hasAudio) return [noAudio(providerName)]
        // What such a model makes is audio.
        const { completionTokens, completionAudioTokens = completionTokens } = event.usage
        const usage = { ...event.usage, completionAudioTokens }
        return [
          { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
          { type: 'usage', usage },
          { type: 'call-end', usage },
        ]
      }
      case 'alive':
      case 'start':
      case 'upstream-request':
      case 'usage':
      case 'error':
        return [event]
      default:
        return []
    }
  }
  return changedReply(reply, change)
}

const noAudio = (providerName: string): CallEvent => ({
  type: 'error',
  error: new GatewayError('provider_unavailable', 'The provider answered without audio.', { providerName }),
  retry: { scope: 'next-endpoint' },
})
