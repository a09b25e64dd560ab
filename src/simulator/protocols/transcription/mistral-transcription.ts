import type { JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { listed, parseTranscription, piecesOf, type Transcript, transcriptOf } from './simulated-transcript.ts'

const events = namedEvents('{"type":"transcription.text.delta","text":"bro')

/**
 * Mistral's transcription, whole or streamed. It has the address of OpenAI's, so that a base URL must end in `/mistral` or `/mistral/v1`.
 * Sources: https://docs.mistral.ai/api/endpoint/audio/transcriptions, and the models of https://github.com/mistralai/client-ts
 */
export const mistralTranscription: Protocol = {
  serves: (path) => /\/mistral(\/v1)?\/audio\/transcriptions$/.test(path),
  framing: events,
  failure: openaiFailure,
  open(body) {
    const { request, duration } = parseTranscription(body, 'model')
    const { model } = request
    const usage = ({ noUsage }: ReplySettings): JsonObject =>
      noUsage
        ? {}
        : { usage: { prompt_audio_seconds: duration, prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }
    return {
      request,
      whole(answer, settings) {
        const transcript = transcriptOf(answer, duration)
        const segments = segmentsOf(transcript, body).map((segment) => ({ ...segment, type: 'transcription_segment' }))
        return { model, text: transcript.text, language: 'en', segments, ...usage(settings) }
      },
      frames(answer, settings) {
        const transcript = transcriptOf(answer, duration)
        const event = (fields: JsonObject): string => events.frame(JSON.stringify(fields))
        return [
          ...piecesOf(answer).map(
            (text) => ({ kind: 'content', text: event({ type: 'transcription.text.delta', text }) }) as const,
          ),
          { kind: 'opening', text: event({ type: 'transcription.language', audio_language: 'en' }) },
          ...segmentsOf(transcript, body).map(
            (segment) => ({ kind: 'opening', text: event({ type: 'transcription.segment', ...segment }) }) as const,
          ),
          {
            kind: 'finish',
            text: event({
              type: 'transcription.done',
              model,
              text: transcript.text,
              language: 'en',
              ...usage(settings),
            }),
          },
        ]
      },
    }
  },
}

/** Segments are words where those are asked for. */
function segmentsOf({ text, duration, words }: Transcript, { timestamp_granularities: asked, diarize }: JsonObject) {
  if (asked === undefined) return []
  const speaker = diarize === 'true' ? { speaker_id: 'speaker_1' } : {}
  if (!listed(asked).includes('word')) return [{ text: ` ${text}`, start: 0, end: duration, ...speaker }]
  return words.map(({ word, ...times }) => ({ text: ` ${word}`, ...times, ...speaker }))
}
