import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'
import type { AudioFile } from '../../canonical/generation-request.ts'
import type { ReceivedTranscription } from '../../protocols/transcription/decode-request.ts'
import { FormError, FormReader } from '../../util/form/form-reader.ts'
import { isObject, type JsonObject, stringOf } from '../../util/json.ts'
import type { FetchTogether } from '../fetch-together.ts'
import type { Received } from '../inference.ts'
import { type BodyLimits, parseBody, refuseEncoded } from '../read-json-body.ts'
import { audioFileOf } from './audio-file.ts'
import { AudioInJson } from './audio-in-json.ts'
import { fieldsOfForm } from './fields-of-form.ts'
import { piecesWithin } from './pieces-within.ts'
import type { SpooledFile } from './spooled-file.ts'

/** Source: contract §8.B. */
const mostAudioBytes = 25_000_000
/** Everything but the audio. */
const mostFieldBytes = 1_000_000
const mostParts = 300

/** What of a body is no audio, and what the client calls its file. */
interface Rest {
  readonly fields: unknown
  readonly filename: string | null
}

/**
 * Reads the body of a transcription, JSON or a form. The audio goes to a temporary file as it arrives, so that it can be sent again to
 * another provider, and the memory does not grow with its size.
 * @throws GatewayError 400, 408, 413, 415, 503
 */
export async function readTranscription(
  incoming: IncomingMessage,
  limits: BodyLimits,
  fetch: FetchTogether,
  spool: () => Promise<SpooledFile>,
  signal: AbortSignal,
): Promise<Received<ReceivedTranscription>> {
  refuseEncoded(incoming)
  const file = await spool()
  const release = (): Promise<void> => file.close()
  try {
    const type = incoming.headers['content-type'] ?? ''
    const isForm = type.trimStart().toLowerCase().startsWith('multipart/form-data')
    const { fields, filename } = await (isForm
      ? readForm(incoming, type, limits, file)
      : readJson(incoming, limits, file))
    const audio = filename === null ? await fetched(fields, file, fetch, signal) : sent(fields, file, filename)
    return { body: { fields, audio }, release }
  } catch (error) {
    await release()
    throw error
  }
}

async function readJson(incoming: IncomingMessage, limits: BodyLimits, file: SpooledFile): Promise<Rest> {
  const reader = new AudioInJson({ restBytes: mostFieldBytes, depth: limits.jsonDepth })
  for await (const piece of piecesWithin(incoming, limits.bodyMs)) await append(file, reader.push(piece))
  const fields = parseBody(reader.rest, limits)
  const format = stringOf(inputAudio(fields)['format']) ?? 'wav'
  return { fields, filename: reader.found ? `audio.${format}` : null }
}

async function readForm(
  incoming: IncomingMessage,
  contentType: string,
  limits: BodyLimits,
  file: SpooledFile,
): Promise<Rest> {
  const fields: { readonly name: string; readonly value: string }[] = []
  let filename: string | null = null
  let fieldBytes = 0
  try {
    const reader = new FormReader(contentType, { fieldBytes: mostFieldBytes, parts: mostParts })
    for await (const piece of piecesWithin(incoming, limits.bodyMs)) {
      for (const event of reader.push(piece)) {
        if (event.type === 'bytes') await append(file, event.bytes)
        else if (event.type === 'field') {
          fields.push(event)
          fieldBytes += event.value.length
          if (fieldBytes > mostFieldBytes) throw new FormError(`has more than ${mostFieldBytes} bytes besides its file`)
        } else {
          if (event.name !== 'file')
            throw new FormError(`has a file in the field ${JSON.stringify(event.name.slice(0, 100))}: send it as file`)
          if (filename !== null) throw new FormError('has more than one file')
          filename = event.filename
        }
      }
    }
    reader.end()
  } catch (error) {
    if (error instanceof FormError) throw new GatewayError('invalid_request', `The form ${error.message}.`)
    throw error
  }
  return { fields: fieldsOfForm(fields), filename }
}

async function append(file: SpooledFile, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return
  if (file.bytes + bytes.length > mostAudioBytes) {
    throw new GatewayError('payload_too_large', `The audio is larger than ${mostAudioBytes / 1_000_000} MB.`)
  }
  await file.append(bytes)
}

/** @throws GatewayError 400 where the request names an address as well. */
function sent(fields: unknown, file: SpooledFile, filename: string): AudioFile {
  if (addressIn(fields) === undefined) return audioFileOf(file, filename)
  const message = 'must be left out where the audio is sent: give only one of the two'
  throw new GatewayError('invalid_request', `input_audio.url ${message}.`, {
    issues: [{ path: 'input_audio.url', message }],
  })
}

/** Fetches the audio of a request that names an address in place of sending it. */
async function fetched(
  fields: unknown,
  file: SpooledFile,
  fetch: FetchTogether,
  signal: AbortSignal,
): Promise<AudioFile | null> {
  const address = addressIn(fields)
  if (address === undefined) return null
  const [found] = await fetch([{ address, path: 'input_audio.url', kind: 'audio' }], mostAudioBytes, signal)
  await append(file, found?.bytes ?? Buffer.of())
  const format = stringOf(inputAudio(fields)['format'])
  const name = format === undefined ? URL.parse(address)?.pathname.split('/').at(-1) : `audio.${format}`
  return audioFileOf(file, name ?? '')
}

const inputAudio = (fields: unknown): JsonObject =>
  isObject(fields) && isObject(fields['input_audio']) ? fields['input_audio'] : {}

const addressIn = (fields: unknown): string | undefined => stringOf(inputAudio(fields)['url'])
