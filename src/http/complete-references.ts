import { type ErrorKind, GatewayError } from '../canonical/errors.ts'
import type { ImagesRequest, SpeechReference, SpeechRequest } from '../canonical/generation-request.ts'
import { parseDataUrl } from '../util/data-url.ts'
import type { FetchTogether } from './fetch-together.ts'

/** Source: contract §8.B. */
const mostSpeechBytes = 15 * 1024 * 1024

/**
 * Puts the bytes of images in place of their addresses, so that every reference is a data URL.
 * @param pathOf Returns the place of a reference in the request of the client.
 */
export async function completeImages(
  request: ImagesRequest,
  pathOf: (index: number) => string,
  fetch: FetchTogether,
  mostBytes: number,
  signal: AbortSignal,
): Promise<ImagesRequest> {
  const { references, mask } = request.input
  if (references.length === 0) return request
  const places = references.map((url, index) => ({ url, path: pathOf(index) }))
  const masks = mask === undefined ? [] : [{ url: mask, path: 'mask.image_url' }]
  const urls = await dataUrlsOf([...places, ...masks], fetch, mostBytes, signal)
  const given = { references: urls.slice(0, references.length), mask: urls[references.length] }
  return { ...request, input: { ...request.input, ...given } }
}

/** Puts the bytes of clips and of an image in place of their addresses. */
export async function completeSpeech(
  request: SpeechRequest,
  fetch: FetchTogether,
  signal: AbortSignal,
): Promise<SpeechRequest> {
  const { references } = request.input
  if (!references.some(({ url }) => url !== undefined)) return request
  const complete = async (reference: SpeechReference, index: number): Promise<SpeechReference> => {
    // Of the references on the wire, every second is a transcript.
    const path = `input_references[${reference.type === 'clip' ? 2 * index : index}]`
    if (reference.type === 'image') {
      const [url = ''] = await dataUrlsOf(
        [{ url: reference.url, path: `${path}.image_url.url` }],
        fetch,
        mostSpeechBytes,
        signal,
      )
      return { ...reference, url }
    }
    if (reference.url === undefined) return reference
    const place = { address: reference.url, path: `${path}.input_audio.url`, kind: 'audio' } as const
    const [fetched] = await fetch([place], mostSpeechBytes, signal)
    return { ...reference, url: undefined, data: fetched?.bytes.toString('base64') ?? '' }
  }
  return { ...request, input: { ...request.input, references: await Promise.all(references.map(complete)) } }
}

async function dataUrlsOf(
  places: readonly { readonly url: string; readonly path: string }[],
  fetch: FetchTogether,
  mostBytes: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (const { url, path } of places) {
    const data = parseDataUrl(url)
    if (data === null) continue
    if (!data.mediaType.startsWith('image/')) {
      throw refused('unsupported_image_format', path, `must be an image, not ${data.mediaType}`)
    }
    if (data.data === '') throw refused('invalid_request', path, 'is empty')
  }
  const remote = places.filter(({ url }) => parseDataUrl(url) === null)
  if (remote.length === 0) return places.map(({ url }) => url)
  const wanted = remote.map(({ url, path }) => ({ address: url, path, kind: 'image' }) as const)
  const fetched = await fetch(wanted, mostBytes, signal)
  const urls = new Map(
    remote.map(({ path }, index) => {
      const { mediaType = '', bytes = Buffer.of() } = fetched[index] ?? {}
      return [path, `data:${mediaType};base64,${bytes.toString('base64')}`]
    }),
  )
  return places.map(({ url, path }) => urls.get(path) ?? url)
}

const refused = (kind: ErrorKind, path: string, message: string): GatewayError =>
  new GatewayError(kind, `${path} ${message}.`, { issues: [{ path, message }] })
