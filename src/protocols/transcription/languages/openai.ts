import type { TranscriptionRequest } from '../../../canonical/generation-request.ts'
import type { Transcript, TranscriptSegment, TranscriptWord } from '../../../canonical/item.ts'
import type { Usage } from '../../../canonical/usage.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'
import { type OpenAiTranscription, type TranscriptionService, whisper } from '../quirks.ts'
import { secondsOf } from '../seconds.ts'
import { openTranscriptReply } from '../transcript-reply.ts'

/**
 * Transcription as OpenAI has it, and many others, and translation to English, which has an address of its own.
 * Sources: https://platform.openai.com/docs/api-reference/audio/createTranscription,
 * https://platform.openai.com/docs/api-reference/audio/createTranslation, https://console.groq.com/docs/speech-to-text
 */
export const openAiTranscription: UpstreamProtocol<TranscriptionRequest, TranscriptionService> = {
  name: 'openai',
  framing: 'sse',
  openCall({ input, stream }, endpoint, { openai: form = whisper }) {
    const { verbose = false, words = false, diarizes = false, translates = false } = form
    const isTranslation = input.task === 'translate'
    const able = {
      translate: translates && endpoint.template.translates !== false,
      verbose: verbose || diarizes,
      words: words && !isTranslation,
    }
    refuseUnsupported(input, { ...able, diarize: diarizes, keyterms: false }, endpoint)
    return {
      upstreamRequest: {
        method: 'POST',
        path: isTranslation ? '/audio/translations' : '/audio/transcriptions',
        headers: {},
        body: { ...encodeFields(input, endpoint, form), ...(stream && { stream: true }) },
        files: [{ field: 'file', ...input.audio }],
        stream,
      },
      reply: openTranscriptReply(
        endpoint.providerName,
        (body) => ({ transcript: decodeTranscript(body), usage: decodeUsage(body, form.leastSeconds) }),
        events,
      ),
    }
  },
}

/** Source: https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event and the pages beside it. */
const events = {
  delta: 'transcript.text.delta',
  text: 'delta',
  segment: 'transcript.text.segment',
  done: 'transcript.text.done',
}

function encodeFields(
  input: TranscriptionRequest['input'],
  endpoint: Endpoint,
  { verbose, diarizes }: OpenAiTranscription,
): JsonObject {
  const fields = { model: endpoint.upstreamModel, temperature: input.temperature }
  // The language is that of the audio, and a translation has no field for it.
  if (input.task === 'translate') return { ...fields, response_format: 'verbose_json' }
  const spoken = { ...fields, language: input.language }
  if (diarizes === true) {
    const format = input.format === 'verbose_json' ? 'diarized_json' : 'json'
    // Without the strategy, audio of more than 30 seconds is refused.
    return { ...spoken, response_format: format, chunking_strategy: 'auto' }
  }
  if (verbose !== true) return { ...spoken, response_format: 'json' }
  return { ...spoken, response_format: 'verbose_json', 'timestamp_granularities[]': input.granularities }
}

const decodeTranscript = (body: JsonObject): Omit<Transcript, 'text'> => ({
  language: stringOf(body['language']),
  duration: numberOf(body['duration']),
  segments: Array.isArray(body['segments']) ? arrayOf(body['segments']).filter(isObject).map(decodeSegment) : undefined,
  words: Array.isArray(body['words']) ? arrayOf(body['words']).filter(isObject).map(decodeWord) : undefined,
})

/** What Whisper tells of a segment besides, as the clients of OpenAI read it. */
const whisperFields = ['seek', 'tokens', 'temperature', 'avg_logprob', 'compression_ratio', 'no_speech_prob']

const decodeSegment = (segment: JsonObject): TranscriptSegment => ({
  start: numberOf(segment['start']) ?? 0,
  end: numberOf(segment['end']) ?? 0,
  text: stringOf(segment['text']) ?? '',
  speaker: stringOf(segment['speaker']),
  more: Object.fromEntries(whisperFields.flatMap((name) => (segment[name] == null ? [] : [[name, segment[name]]]))),
})

const decodeWord = (word: JsonObject): TranscriptWord => ({
  word: stringOf(word['word']) ?? '',
  start: numberOf(word['start']) ?? 0,
  end: numberOf(word['end']) ?? 0,
  confidence: numberOf(word['confidence']),
})

/** Seconds or tokens. */
function decodeUsage(body: JsonObject, leastSeconds = 0): Usage {
  const usage = objectOf(body['usage']) ?? {}
  const input = objectOf(usage['input_token_details'])
  const seconds = secondsOf(usage['seconds'], body['duration'])
  return {
    promptTokens: tokensOf(usage['input_tokens']),
    completionTokens: tokensOf(usage['output_tokens']),
    promptAudioTokens: tokensOf(input?.['audio_tokens']),
    audioSeconds: seconds === undefined ? undefined : Math.max(seconds, leastSeconds),
  }
}
