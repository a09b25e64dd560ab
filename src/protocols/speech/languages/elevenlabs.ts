import type { SpeechFormat, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { characterUsage, openByteReply } from '../byte-reply.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { oneVoice } from '../one-voice.ts'
import type { SpeechService } from '../quirks.ts'

/** The formats of ElevenLabs, by ours. Those of higher quality need a higher plan. */
const outputFormats: Partial<Readonly<Record<SpeechFormat, string>>> = {
  mp3: 'mp3_44100_128',
  pcm: 'pcm_24000',
  opus: 'opus_48000_96',
}

/** The voice of the examples in the documentation, which every account has. */
const usualVoice = 'JBFqnCBsd6RMkjVDRZzb'
const speeds = { slowest: 0.7, fastest: 1.2 }

/** ElevenLabs' speech, as bytes. Source: https://elevenlabs.io/docs/api-reference/text-to-speech/stream */
export const elevenLabsSpeech: UpstreamProtocol<SpeechRequest, SpeechService> = {
  name: 'elevenlabs',
  framing: 'bytes',
  openCall({ input }, endpoint) {
    const { text, voice = usualVoice, instructions } = oneVoice(input, endpoint)
    const format = outputFormats[input.format]
    const { speed } = input
    if (format === undefined)
      throw unmetField('response_format', endpoint, `makes ${Object.keys(outputFormats).join(', ')}`)
    if (input.references.length > 0) throw unmetField('input_references', endpoint, 'takes none')
    if (instructions !== undefined) throw unmetField('instructions', endpoint, 'takes none')
    if (speed !== undefined && (speed < speeds.slowest || speed > speeds.fastest)) {
      throw unmetField('speed', endpoint, `speaks at ${speeds.slowest} to ${speeds.fastest} times the usual speed`)
    }
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/text-to-speech/${encodeURIComponent(voice)}/stream?output_format=${format}`,
        headers: {},
        body: {
          text,
          model_id: endpoint.upstreamModel,
          ...(speed !== undefined && { voice_settings: { speed } }),
        },
        stream: true,
      },
      reply: openByteReply(endpoint.providerName, characterUsage(input)),
    }
  },
}
