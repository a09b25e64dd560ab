import type { TranscriptionRequest } from '../../../canonical/generation-request.ts'
import type { TranscriptSegment } from '../../../canonical/item.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import type { TranscriptionService } from '../quirks.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'
import { secondsOf } from '../seconds.ts'
import { sentencesOf } from '../sentences-of.ts'

/**
 * Mistral's transcription, which has the address of OpenAI's and other fields. Its segments are words where words are asked for.
 * Source: https://docs.mistral.ai/api/endpoint/audio/transcriptions
 */
export const mistralTranscription: UpstreamProtocol<TranscriptionRequest, TranscriptionService> = {
  name: 'mistral',
  framing: 'sse',
  openCall({ input }, endpoint) {
    refuseUnsupported(input, { verbose: true, words: true, diarize: true, keyterms: true }, endpoint)
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
        },
        files: [{ field: 'file', ...input.audio }],
        stream: false,
      },
      reply: openEventReply(endpoint.providerName, (log) => ({
        event: () => {},
        result(body) {
          const text = stringOf(body['text'])
          if (text === undefined) return log.fail('The provider sent a transcript without a text.')
          const usage = objectOf(body['usage']) ?? {}
          const audioSeconds = secondsOf(usage['prompt_audio_seconds'])
          const segments = arrayOf(body['segments']).filter(isObject).map(decodeSegment)
          const words = segments.map(({ text: word, start, end, speaker }) => ({
            word: word.trim(),
            start,
            end,
            speaker,
          }))
          log.push({
            type: 'item',
            item: {
              type: 'transcript',
              transcript: {
                text,
                language: stringOf(body['language']),
                duration: audioSeconds,
                ...(hasWords ? { words, segments: sentencesOf(words) } : { segments }),
              },
            },
          })
          log.complete('stop', 'stop', {
            promptTokens: tokensOf(usage['prompt_tokens']),
            completionTokens: tokensOf(usage['completion_tokens']),
            audioSeconds,
          })
        },
      })),
    }
  },
}

const decodeSegment = (segment: JsonObject): TranscriptSegment => ({
  start: numberOf(segment['start']) ?? 0,
  end: numberOf(segment['end']) ?? 0,
  text: stringOf(segment['text']) ?? '',
  speaker: stringOf(segment['speaker_id']),
})
