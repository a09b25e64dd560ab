import type { SpeechFormat, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { Usage } from '../../../canonical/usage.ts'
import { type JsonObject, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import { characterUsage } from '../byte-reply.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { oneVoice } from '../one-voice.ts'
import type { SpeechService } from '../quirks.ts'

const formats: readonly SpeechFormat[] = ['mp3', 'opus', 'flac', 'wav', 'pcm']
const usualVoice = 'en_paul_neutral'

/** Mistral's speech, in events of Base64. Source: https://docs.mistral.ai/api/endpoint/audio/speech */
export const mistralSpeech: UpstreamProtocol<SpeechRequest, SpeechService> = {
  name: 'mistral',
  framing: 'sse',
  openCall({ input }, endpoint) {
    const { text, voice, instructions } = oneVoice(input, endpoint)
    const [reference, ...others] = input.references
    if (!formats.includes(input.format)) throw unmetField('response_format', endpoint, `makes ${formats.join(', ')}`)
    if (others.length > 0 || reference?.type === 'image')
      throw unmetField('input_references', endpoint, 'takes one clip')
    if (instructions !== undefined) throw unmetField('instructions', endpoint, 'takes none')
    if (input.speed !== undefined && input.speed !== 1) throw unmetField('speed', endpoint, 'speaks at one speed')
    const used = characterUsage(input)
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/audio/speech',
        headers: {},
        body: {
          model: endpoint.upstreamModel,
          input: text,
          response_format: input.format,
          stream: true,
          ...(reference?.data === undefined ? { voice_id: voice ?? usualVoice } : { ref_audio: reference.data }),
        },
        stream: true,
      },
      reply: openEventReply(endpoint.providerName, (log) => {
        const add = (event: JsonObject): void => {
          const audio = stringOf(event['audio_data'])
          if (audio === undefined) return log.fail('The provider sent no audio.')
          if (!log.produced) log.push({ type: 'usage', usage: used })
          log.push({ type: 'item', item: { type: 'speech', bytes: Buffer.from(audio, 'base64') } })
        }
        const end = (event: JsonObject): void => log.complete('stop', 'stop', { ...used, ...usageOf(event) })
        return {
          event(event) {
            if (event['type'] === 'speech.audio.delta') add(event)
            else if (event['type'] === 'speech.audio.done') end(event)
          },
          result(body) {
            add(body)
            end(body)
          },
        }
      }),
    }
  },
}

function usageOf(event: JsonObject): Usage {
  const usage = objectOf(event['usage'])
  return {
    promptTokens: tokensOf(usage?.['prompt_tokens']),
    completionTokens: tokensOf(usage?.['completion_tokens']),
  }
}
