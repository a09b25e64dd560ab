import { asString } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'
import type { Failure } from '../../reply-settings.ts'
import { countWords } from '../../simulated-text.ts'
import { mediaRequest } from '../media-request.ts'
import type { Protocol } from '../protocol.ts'
import { audioFrames, audioFraming, simulatedAudio } from './simulated-audio.ts'

/** ElevenLabs' speech. Source: https://elevenlabs.io/docs/api-reference/text-to-speech/stream */
export const elevenLabsSpeech: Protocol = {
  serves: (path) => /\/text-to-speech\/[^/]+(\/stream)?$/.test(path),
  framing: audioFraming('mp3'),
  failure: elevenLabsFailure,
  open(body, path) {
    const model = asString(body['model_id'])
    const input = asString(body['text'])
    if (model === null || model === '') throw new InvalidRequest('model_id must be a string.')
    if (input === null || input === '') throw new InvalidRequest('text must be a string that is not empty.')
    const [format = 'mp3'] = (/[?&]output_format=([a-z]+)/.exec(path)?.[1] ?? 'mp3').split('_')
    return {
      request: mediaRequest({ model, promptTokens: countWords(input), stream: true }),
      framing: audioFraming(format),
      whole: () => ({}),
      frames: (_answer, settings) => audioFrames(simulatedAudio(input, format, settings)),
    }
  },
}

const words: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_api_key',
  403: 'missing_permissions',
  404: 'not_found',
  429: 'too_many_concurrent_requests',
}

/** Returns the body of an error. ElevenLabs puts the reason under `detail`. */
export function elevenLabsFailure({ status, code, message }: Failure): object {
  return {
    detail: {
      status: code ?? words[status] ?? 'internal_error',
      message: message ?? `The simulator was asked to answer with status ${status}.`,
    },
  }
}
