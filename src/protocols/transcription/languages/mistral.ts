import type { TranscriptionRequest } from '../../../canonical/generation-request.ts'
import type { TranscriptSegment } from '../../../canonical/item.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import type { TranscriptionService } from '../quirks.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'
import { secondsOf } from '../seconds.ts'
import { sentencesOf } from '../sentences-of.ts'
import { openTranscriptReply, type TranscriptReply } from '../transcript-reply.ts'

/**
 * Mistral's transcription, which has the address of OpenAI's and other fields. Its segments are words where words are asked for.
 * Source: https://docs.mistral.ai/api/endpoint/audio/transcriptions
 */
export const mistralTranscription: UpstreamProtocol<TranscriptionRequest, TranscriptionService> = {
  name: 'mistral',
  framing: 'sse',
  openCall({ input, stream }, endpoint) {
    refuseUnsupported(input, { translate: false, verbose: true, words: true, diarize: true, keyterms: true }, endpoint)
    const hasWords = input.granularities?.includes('word') === true
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/audio/transcriptions',
        headers: {},
        body: {
          model: endpoint.upstreamModel,
          language: input.language,
          temperature: input.temperature,
          ...(input.format === 'verbose_json' && { timestamp_granularities: [hasWords ? 'word' : 'segment'] }),
          ...(input.diarize === true && { diarize: true }),
          context_bias: input.keyterms,
          ...(stream && { stream: true }),
        },
        files: [{ field: 'file', ...input.audio }],
        stream,
      },
      reply: openTranscriptReply(endpoint.providerName, (body) => decodeBody(body, hasWords), events),
    }
  },
}

/** Source: the models of Mistral’s own client, https://github.com/mistralai/client-ts, `TranscriptionStreamEvents`. */
const events = {
  delta: 'transcription.text.delta',
  text: 'text',
  segment: 'transcription.segment',
  done: 'transcription.done',
}

function decodeBody(body: JsonObject, hasWords: boolean): TranscriptReply {
  const usage = objectOf(body['usage']) ?? {}
  const audioSeconds = secondsOf(usage['prompt_audio_seconds'])
  const segments = arrayOf(body['segments']).filter(isObject).map(decodeSegment)
  const words = segments.map(({ text, ...times }) => ({ word: text.trim(), ...times }))
  return {
    transcript: {
      language: stringOf(body['language']),
      duration: audioSeconds,
      ...(hasWords ? { words, segments: sentencesOf(words) } : { segments }),
    },
    usage: {
      promptTokens: tokensOf(usage['prompt_tokens']),
      completionTokens: tokensOf(usage['completion_tokens']),
      audioSeconds,
    },
  }
}

const decodeSegment = (segment: JsonObject): TranscriptSegment => ({
  start: numberOf(segment['start']) ?? 0,
  end: numberOf(segment['end']) ?? 0,
  text: stringOf(segment['text']) ?? '',
  speaker: stringOf(segment['speaker_id']),
})
