import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'
import type { AudioFile } from '../../canonical/generation-request.ts'
import type { ReceivedTranscription } from '../../protocols/transcription/decode-request.ts'
import { FormError } from '../../util/form/form-reader.ts'
import { isObject, type JsonObject, stringOf } from '../../util/json.ts'
import type { FetchTogether } from '../fetch-together.ts'
import { piecesWithin } from '../form/pieces-within.ts'
import { isForm, mostFieldBytes, readForm } from '../form/read-form.ts'
import type { Received } from '../inference.ts'
import { type BodyLimits, parseBody, refuseEncoded } from '../read-json-body.ts'
import { audioFileOf } from './audio-file.ts'
import { AudioInJson } from './audio-in-json.ts'
import type { SpooledFile } from './spooled-file.ts'

/** Source: contract §8.B. */
const mostAudioBytes = 25_000_000

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
    const { fields, filename } = await (isForm(incoming)
      ? readAudioForm(incoming, limits, file)
      : readJson(incoming, limits, file))
    const audio = filename === null ? await fetched(fields, file, fetch, signal) : sent(fields, file, filename)
    return { body: { fields, audio }, release }
  } catch (error) {
    await release()
    throw error
  }
}

async function readJson(incoming: IncomingMessage, limits: BodyLimits, file: SpooledFile): Promise<Rest> {
  const most = { milliseconds: limits.bodyMs, bytes: 2 * mostAudioBytes }
  const reader = new AudioInJson({ restBytes: mostFieldBytes, depth: limits.jsonDepth })
  for await (const piece of piecesWithin(incoming, most)) await append(file, reader.push(piece))
  const fields = parseBody(reader.rest, limits)
  const format = stringOf(inputAudio(fields)['format']) ?? 'wav'
  return { fields, filename: reader.found ? `audio.${format}` : null }
}

async function readAudioForm(incoming: IncomingMessage, limits: BodyLimits, file: SpooledFile): Promise<Rest> {
  let filename: string | null = null
  const { source_url: url, ...fields } = await readForm(incoming, { ...limits, fileBytes: mostAudioBytes }, (head) => {
    if (head.name !== 'file') {
      throw new FormError(`has a file in the field ${JSON.stringify(head.name.slice(0, 100))}: send it as file`)
    }
    if (filename !== null) throw new FormError('has more than one file')
    filename = head.filename
    return (bytes) => append(file, bytes)
  })
  return { fields: url === undefined ? fields : { ...fields, input_audio: { url } }, filename }
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
