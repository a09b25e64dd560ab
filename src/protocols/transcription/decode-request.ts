import { type Issue, GatewayError } from '../../canonical/errors.ts'
import type { AudioFile, TranscriptionInput, TranscriptionRequest } from '../../canonical/generation-request.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import { sharedRules } from '../gateway-fields/schema/request-rules.ts'
import type { RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { type TranscriptionRequestBody, TranscriptionRequestSchema } from './schema/request.ts'

/** A request whose audio was put aside while the body was read. */
export interface ReceivedTranscription {
  /** The body, without the audio. */
  readonly fields: unknown
  /** Null where the body has none. */
  readonly audio: AudioFile | null
}

const accept = requestValidator(TranscriptionRequestSchema, rules)

/** The name under which `source` shows that a request came in this language. */
export const protocolName = 'transcription'

/** @throws GatewayError 400 with `issues`. Source: contract §8.B. */
export function decodeRequest(
  { fields, audio }: ReceivedTranscription,
  headers: RequestHeaders,
  task: TranscriptionInput['task'],
): TranscriptionRequest {
  const wire = accept(fields)
  if (audio === null) throw noAudio('is required: audio as file, or as input_audio with data or url')
  if (audio.bytes === 0) throw noAudio('is empty')
  return {
    operation: 'transcription',
    input: {
      type: 'transcription',
      task,
      audio,
      language: wire.language ?? undefined,
      temperature: wire.temperature ?? undefined,
      format: wire.response_format ?? 'json',
      granularities: wire.timestamp_granularities ?? undefined,
      diarize: wire.diarize ?? undefined,
      keyterms: wire.keyterms ?? undefined,
    },
    ...decodeItemFields(protocolName, wire, headers),
  }
}

function noAudio(message: string): GatewayError {
  const path = 'input_audio'
  return new GatewayError('invalid_request', `${path} ${message}.`, { issues: [{ path, message }] })
}

/** The rules between the fields, for a body that matches the schema. */
function rules(body: TranscriptionRequestBody): readonly Issue[] {
  const isVerbose = body.response_format === 'verbose_json'
  const message = 'needs response_format verbose_json'
  return [
    ...sharedRules({ trace: body.trace }),
    ...(body.diarize === true && !isVerbose ? [{ path: 'diarize', message }] : []),
    ...(body.timestamp_granularities && !isVerbose ? [{ path: 'timestamp_granularities', message }] : []),
  ]
}
