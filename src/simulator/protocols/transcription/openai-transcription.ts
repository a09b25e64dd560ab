import type { JsonObject } from '../../json.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { listed, parseTranscription, type Transcript, transcriptOf } from './simulated-transcript.ts'

/**
 * OpenAI's transcription, and Mistral's, which has the same address and also tells the speakers.
 * Sources: https://platform.openai.com/docs/api-reference/audio/createTranscription,
 * https://docs.mistral.ai/api/endpoint/audio/transcriptions
 */
export const openAiTranscription: Protocol = {
  serves: (path) => path.endsWith('/audio/transcriptions'),
  framing: sse,
  failure: openaiFailure,
  open(body) {
    const { request, duration } = parseTranscription(body, 'model')
    return {
      request,
      whole(answer, settings) {
        const transcript = transcriptOf(answer, duration)
        const usage = usageOf(duration, settings)
        if (body['response_format'] !== 'verbose_json' && body['diarize'] === undefined)
          return { text: transcript.text, ...usage }
        const wanted = listed(body['timestamp_granularities'] ?? 'segment')
        return {
          task: 'transcribe',
          language: 'english',
          duration,
          text: transcript.text,
          ...(wanted.includes('segment') && { segments: [segmentOf(transcript, body)] }),
          ...(wanted.includes('word') && { words: transcript.words }),
          ...usage,
        }
      },
      frames: () => [],
    }
  },
}

const segmentOf = ({ text, duration }: Transcript, { diarize }: JsonObject): JsonObject => ({
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
  ...(diarize === 'true' && { speaker_id: 'speaker_1' }),
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
