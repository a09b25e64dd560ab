import { asString } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import { countWords } from '../../simulated-text.ts'
import { mediaRequest } from '../media-request.ts'
import { namedEvents } from '../named-events.ts'
import { openaiFailure } from '../openai-failure.ts'
import type { Protocol } from '../protocol.ts'
import { audioFrames, audioFraming, simulatedAudio } from './simulated-audio.ts'

const events = namedEvents('{"type":"speech.audio.delta","audio":"SUQ')

/**
 * OpenAI's speech, as bytes or as events, and Mistral's, which has the same address and answers in JSON.
 * Sources: https://platform.openai.com/docs/api-reference/audio/createSpeech, https://docs.mistral.ai/api/endpoint/audio/speech
 */
export const openAiSpeech: Protocol = {
  serves: (path) => path.endsWith('/audio/speech'),
  framing: events,
  failure: openaiFailure,
  open(body) {
    const model = asString(body['model'])
    const input = asString(body['input'])
    if (model === null || model === '') throw new InvalidRequest('"model" must be a string: the id of a model.')
    if (input === null || input === '') throw new InvalidRequest('"input" must be a string that is not empty.')
    const isMistral = body['voice_id'] !== undefined || body['ref_audio'] !== undefined
    if (!isMistral && asString(body['voice']) === null) throw new InvalidRequest('"voice" is required.')
    const format = asString(body['response_format']) ?? 'mp3'
    const isEvents = body['stream_format'] === 'sse'
    const request = mediaRequest({ model, promptTokens: countWords(input), stream: !isMistral })
    return {
      request,
      ...(!isEvents && { framing: audioFraming(format) }),
      whole: (_answer, settings) => ({
        audio_data: Buffer.concat(simulatedAudio(input, format, settings)).toString('base64'),
      }),
      frames(_answer, settings) {
        const pieces = simulatedAudio(input, format, settings)
        if (!isEvents) return audioFrames(pieces)
        const { prompt, completion } = settings.usage ?? { prompt: request.promptTokens, completion: pieces.length }
        const usage = { input_tokens: prompt, output_tokens: completion, total_tokens: prompt + completion }
        return [
          ...pieces.map((piece) => ({
            kind: 'content' as const,
            text: events.frame(JSON.stringify({ type: 'speech.audio.delta', audio: piece.toString('base64') })),
          })),
          {
            kind: 'finish' as const,
            text: events.frame(JSON.stringify({ type: 'speech.audio.done', ...(!settings.noUsage && { usage }) })),
          },
        ]
      },
    }
  },
}
