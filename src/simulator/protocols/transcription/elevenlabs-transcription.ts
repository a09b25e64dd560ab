import type { Protocol } from '../protocol.ts'
import { elevenLabsFailure } from '../speech/elevenlabs-speech.ts'
import { sse } from '../sse.ts'
import { parseTranscription, transcriptOf } from './simulated-transcript.ts'

/** ElevenLabs' Scribe. Source: https://elevenlabs.io/docs/api-reference/speech-to-text/convert */
export const elevenLabsTranscription: Protocol = {
  serves: (path) => path.endsWith('/speech-to-text'),
  framing: sse,
  failure: elevenLabsFailure,
  open(body) {
    const { request, duration } = parseTranscription(body, 'model_id')
    return {
      request,
      whole(answer, settings) {
        const { text, words } = transcriptOf(answer, duration)
        return {
          language_code: 'eng',
          language_probability: 0.98,
          text,
          words: words.map(({ word, start, end }) => ({
            text: word,
            start,
            end,
            type: 'word',
            logprob: -0.1,
            ...(body['diarize'] === 'true' && { speaker_id: 'speaker_0' }),
          })),
          transcription_id: 'simulated',
          ...(!settings.noUsage && { audio_duration_secs: duration }),
        }
      },
      frames: () => [],
    }
  },
}
