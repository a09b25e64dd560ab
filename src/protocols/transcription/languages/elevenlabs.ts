import type { TranscriptionRequest } from '../../../canonical/generation-request.ts'
import type { TranscriptWord } from '../../../canonical/item.ts'
import { arrayOf, isObject, type JsonObject, numberOf, stringOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'
import { secondsOf } from '../seconds.ts'
import { sentencesOf } from '../sentences-of.ts'
import { openTranscriptReply } from '../transcript-reply.ts'
import type { TranscriptionService } from '../quirks.ts'

/** ElevenLabs' Scribe. Source: https://elevenlabs.io/docs/api-reference/speech-to-text/convert */
export const elevenLabsTranscription: UpstreamProtocol<TranscriptionRequest, TranscriptionService> = {
  name: 'elevenlabs',
  framing: 'sse',
  openCall({ input }, endpoint) {
    refuseUnsupported(input, { translate: false, verbose: true, words: true, diarize: true, keyterms: true }, endpoint)
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/speech-to-text',
        headers: {},
        body: {
          model_id: endpoint.upstreamModel,
          language_code: input.language,
          temperature: input.temperature,
          timestamps_granularity: 'word',
          diarize: input.diarize,
          keyterms: input.keyterms,
        },
        files: [{ field: 'file', ...input.audio }],
        stream: false,
      },
      reply: openTranscriptReply(endpoint.providerName, (body) => {
        const words = arrayOf(body['words'])
          .filter(isObject)
          .filter(({ type }) => type !== 'spacing')
          .map(decodeWord)
        const duration = numberOf(body['audio_duration_secs']) ?? words.at(-1)?.end
        return {
          transcript: {
            language: stringOf(body['language_code']),
            languageConfidence: numberOf(body['language_probability']),
            duration,
            words,
            segments: sentencesOf(words),
          },
          usage: { audioSeconds: secondsOf(duration) },
        }
      }),
    }
  },
}

const decodeWord = (word: JsonObject): TranscriptWord => {
  const logprob = numberOf(word['logprob'])
  return {
    word: stringOf(word['text']) ?? '',
    start: numberOf(word['start']) ?? 0,
    end: numberOf(word['end']) ?? 0,
    type: word['type'] === 'audio_event' ? 'audio_event' : 'word',
    confidence: logprob === undefined ? undefined : Math.exp(logprob),
    speaker: stringOf(word['speaker_id']),
  }
}
