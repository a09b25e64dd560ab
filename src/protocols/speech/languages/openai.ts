import type { SpeechFormat, SpeechRequest } from '../../../canonical/generation-request.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { isObject, type JsonObject, stringOf, tokensOf } from '../../../util/json.ts'
import { gatewayFieldNames } from '../../gateway-fields/field-names.ts'
import { withoutOurs } from '../../gateway-fields/passed-on.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import { characterUsage, openByteReply } from '../byte-reply.ts'
import { protocolName } from '../decode-request.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { oneVoice } from '../one-voice.ts'
import { SpeechRequestSchema } from '../schema/request.ts'
import { type OpenAiSpeech, plainOpenAi, type SpeechService } from '../quirks.ts'
import { WavSamples } from '../wav-samples.ts'

/** Speech as OpenAI has it. Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const openAiSpeech: UpstreamProtocol<SpeechRequest, SpeechService> = {
  name: 'openai',
  framing: 'bytes',
  openCall(request, endpoint, { openai: form = plainOpenAi }) {
    const format = formatOf(request.input.format, endpoint, form)
    const usage = characterUsage(request.input)
    const wav = format === 'wav' && request.input.format === 'pcm' ? new WavSamples() : null
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/audio/speech',
        headers: {},
        body: encodeBody(request, endpoint, form, format),
        stream: true,
      },
      ...(form.events === true && { framing: 'sse' }),
      reply:
        form.events === true
          ? eventReply(endpoint.providerName)
          : openByteReply(endpoint.providerName, usage, wav === null ? undefined : (bytes) => wav.push(bytes)),
    }
  },
}

/** The audio in events, of which the last has the usage, so that a cut one never looks complete. */
const eventReply = (providerName: string) =>
  openEventReply(providerName, (log) => ({
    event(event) {
      if (event['type'] === 'speech.audio.delta') {
        const audio = stringOf(event['audio'])
        if (audio === undefined) return log.fail('The provider sent an event of audio without audio.')
        log.push({ type: 'item', item: { type: 'speech', bytes: Buffer.from(audio, 'base64') } })
      } else if (event['type'] === 'speech.audio.done') {
        const usage = isObject(event['usage']) ? event['usage'] : {}
        const completionTokens = tokensOf(usage['output_tokens'])
        log.complete('stop', 'stop', {
          promptTokens: tokensOf(usage['input_tokens']),
          completionTokens,
          completionAudioTokens: completionTokens,
        })
      }
    },
    result: () => log.fail('The provider sent JSON in place of audio.'),
  }))

function formatOf(wanted: SpeechFormat, endpoint: Endpoint, { formats }: OpenAiSpeech): SpeechFormat {
  if (formats === undefined || formats.includes(wanted)) return wanted
  if (wanted === 'pcm' && formats.includes('wav')) return 'wav'
  throw unmetField('response_format', endpoint, `makes ${formats.join(', ')}`)
}

/** Our own fields, which are written anew. */
const known: ReadonlySet<string> = new Set([...gatewayFieldNames, ...Object.keys(SpeechRequestSchema.properties)])

function encodeBody(
  { input, source }: SpeechRequest,
  endpoint: Endpoint,
  form: OpenAiSpeech,
  format: SpeechFormat,
): JsonObject {
  const { text, voice = form.voice, instructions } = oneVoice(input, endpoint)
  if (input.references.length > 0) throw unmetField('input_references', endpoint, 'takes none')
  if (input.speed !== undefined && input.speed !== 1 && form.speed !== true) {
    throw unmetField('speed', endpoint, 'speaks at one speed')
  }
  const unknown = Object.entries(source.protocol === protocolName ? source.body : {}).filter(
    ([name, value]) => !known.has(name) && value !== null,
  )
  return {
    ...withoutOurs(Object.fromEntries(unknown)),
    model: endpoint.upstreamModel,
    input: text,
    voice,
    response_format: format,
    ...(form.speed === true && input.speed !== undefined && { speed: input.speed }),
    ...(form.instructions === true && instructions !== undefined && { instructions }),
    ...(form.events === true && { stream_format: 'sse' }),
  }
}
