import type { SpeechReference, SpeechRequest } from '../../canonical/generation-request.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import type { RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { speechRequestRules } from './request-rules.ts'
import { type SpeechRequestBody, SpeechRequestSchema } from './schema/request.ts'

const accept = requestValidator(SpeechRequestSchema, speechRequestRules)

/** The name under which `source` shows that a request came in this language. */
export const protocolName = 'speech'

/** @throws GatewayError 400 with `issues`. Source: contract §8.B. */
export function decodeRequest(body: unknown, headers: RequestHeaders): SpeechRequest {
  const wire = accept(body)
  const voice = wire.voice ?? undefined
  const instructions = wire.instructions ?? undefined
  const turns = typeof wire.input === 'string' ? [{ text: wire.input }] : wire.input
  return {
    operation: 'speech',
    input: {
      type: 'speech',
      turns: turns.map((turn) => ({
        text: turn.text,
        voice: ('voice' in turn ? turn.voice : undefined) ?? voice,
        instructions: ('instructions' in turn ? turn.instructions : undefined) ?? instructions,
      })),
      format: wire.response_format ?? 'pcm',
      speed: wire.speed ?? undefined,
      references: referencesOf(wire),
    },
    ...decodeItemFields(protocolName, wire, headers),
    // Audio is passed on as it comes.
    stream: true,
  }
}

function referencesOf({ input_references: references }: SpeechRequestBody): readonly SpeechReference[] {
  const given = references ?? []
  return given.flatMap(({ input_audio: clip, image_url: image }, index): readonly SpeechReference[] => {
    if (image) return [{ type: 'image', url: image.url }]
    if (!clip) return []
    const transcript = given[index + 1]?.text ?? ''
    const format = clip.format ?? undefined
    return [{ type: 'clip', data: clip.data ?? undefined, url: clip.url ?? undefined, format, transcript }]
  })
}
