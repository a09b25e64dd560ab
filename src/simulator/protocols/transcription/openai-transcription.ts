import type { JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { listed, parseTranscription, piecesOf, type Transcript, transcriptOf } from './simulated-transcript.ts'

const events = namedEvents('{"type":"transcript.text.delta","delta":"bro')

/**
 * OpenAI's transcription, whole or streamed, and its translation.
 * Sources: https://platform.openai.com/docs/api-reference/audio/createTranscription,
 * https://platform.openai.com/docs/api-reference/audio/createTranslation
 */
export const openAiTranscription: Protocol = {
  serves: (path) => path.endsWith('/audio/transcriptions') || path.endsWith('/audio/translations'),
  framing: events,
  failure: openaiFailure,
  open(body, path) {
    const { request, duration } = parseTranscription(body, 'model')
    const format = body['response_format']
    return {
      request,
      whole(answer, settings) {
        const transcript = transcriptOf(answer, duration)
        const usage = usageOf(duration, settings)
        if (format === 'diarized_json') {
          const segments = [{ ...turnOf(transcript), type: 'transcript.text.segment' }]
          return { task: 'transcribe', duration, text: transcript.text, segments, ...usage }
        }
        if (format !== 'verbose_json') return { text: transcript.text, ...usage }
        const wanted = listed(body['timestamp_granularities'] ?? 'segment')
        return {
          task: path.endsWith('/audio/translations') ? 'translate' : 'transcribe',
          language: 'english',
          duration,
          text: transcript.text,
          ...(wanted.includes('segment') && { segments: [segmentOf(transcript)] }),
          ...(wanted.includes('word') && { words: transcript.words }),
          ...usage,
        }
      },
      frames(answer, settings) {
        const transcript = transcriptOf(answer, duration)
        const { text } = transcript
        const event = (fields: JsonObject): string => events.frame(JSON.stringify(fields))
        const delta = (piece: string) => event({ type: 'transcript.text.delta', delta: piece })
        const segment = event({ type: 'transcript.text.segment', ...turnOf(transcript) })
        const done = event({ type: 'transcript.text.done', text, ...usageOf(duration, settings) })
        return [
          ...piecesOf(answer).map((piece) => ({ kind: 'content', text: delta(piece) }) as const),
          ...(format === 'diarized_json' ? [{ kind: 'opening', text: segment } as const] : []),
          { kind: 'finish', text: done },
        ]
      },
    }
  },
}

const turnOf = ({ text, duration }: Transcript): JsonObject => ({
  id: 'seg_0',
  start: 0,
  end: duration,
  text,
  speaker: 'A',
})

const segmentOf = ({ text, duration }: Transcript): JsonObject => ({
  id: 0,
  seek: 0,
  start: 0,
  end: duration,
  text: ` ${text}`,
  tokens: [50_364, 440],
  temperature: 0,
  avg_logprob: -0.2,
  compression_ratio: 1.1,
  no_speech_prob: 0.01,
})

/** Whisper counts seconds, the newer models count tokens. */
function usageOf(duration: number, { noUsage, usage }: ReplySettings): JsonObject {
  if (noUsage) return {}
  if (usage === null) return { usage: { type: 'duration', seconds: duration } }
  const { prompt, completion } = usage
  return {
    usage: {
      type: 'tokens',
      input_tokens: prompt,
      input_token_details: { text_tokens: 0, audio_tokens: prompt },
      output_tokens: completion,
      total_tokens: prompt + completion,
    },
  }
}
