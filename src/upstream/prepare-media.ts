import type { ContentPart, FilePart, ImagePart, VideoPart } from '../canonical/content-part.ts'
import { type ErrorKind, GatewayError } from '../canonical/errors.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { Clock } from '../util/clock.ts'
import type { LanguageAtProvider, PrepareMedia } from './open-call.ts'
import { FetchFailure } from './fetch-failure.ts'
import type { GuardedFetch } from './guarded-fetch.ts'
import { mediaTypeOf } from './media-type.ts'
import { FinalError } from './upstream-failure.ts'

type MediaPart = ImagePart | VideoPart | FilePart

interface PrepareMediaOptions {
  readonly fetch: GuardedFetch
  /** All downloads of a request together. */
  readonly maxBytes: number
  readonly clock: Clock
}

/** For all downloads of a call together. Clients and proxies wait about a minute for the first byte of a reply. */
const longestMs = 30_000
/** More would make a small request a large burst; the languages that take no addresses take about as many images. */
const mostDownloads = 100
const atOnce = 6

/** A part whose address must be fetched, and where it stands in the request. */
interface Pending {
  readonly part: MediaPart
  readonly url: string
  readonly path: string
}

/**
 * Downloads the images, files and videos whose addresses an upstream does not take. What was downloaded, and what could not be, is
 * remembered for as long as the request lives: another attempt asks for nothing twice.
 */
export function createPrepareMedia({ fetch, maxBytes, clock }: PrepareMediaOptions): PrepareMedia {
  const known = new WeakMap<MediaPart, Promise<MediaPart>>()

  async function fill(request: ChatRequest, pending: readonly Pending[], signal: AbortSignal): Promise<ChatRequest> {
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const budget = { left: maxBytes }
    const dueAt = clock.monotonic() + longestMs
    const filled = new Map<ContentPart, ContentPart>()
    // Shared: who is done with one takes the next.
    const queue = pending.values()
    const work = async (): Promise<void> => {
      for (const next of queue) filled.set(next.part, await once(next))
    }
    const once = async (next: Pending): Promise<MediaPart> => {
      const before = known.get(next.part)
      if (before !== undefined) {
        return before.catch((error: unknown) => (known.get(next.part) === before ? Promise.reject(error) : once(next)))
      }
      const timeoutMs = Math.max(1, Math.ceil(dueAt - clock.monotonic()))
      const download = fetch(next.url, { budget, timeoutMs, signal: either }).then(
        ({ contentType, bytes }) => withData(next, mediaTypeOf(contentType, bytes), bytes),
        (error: unknown) => Promise.reject(error instanceof FetchFailure ? explain(error, next) : error),
      )
      known.set(next.part, download)
      // A download that was given up says nothing about the address.
      download.catch(() => either.aborted && known.delete(next.part))
      return download
    }
    try {
      await Promise.all(Array.from({ length: Math.min(atOnce, pending.length) }, work))
    } catch (error) {
      failed.abort(error)
      throw error
    }
    const messages = request.input.messages.map((message) => withParts(message, filled))
    return { ...request, input: { ...request.input, messages } }
  }

  return (request, language, signal) => {
    if (request.input.modalities.size === 0 || language.protocol.takesUrl === undefined) return request
    const pending = notTaken(request.input.messages, language)
    return pending.length === 0 ? request : fill(request, pending, signal)
  }
}

function notTaken<Quirks>(
  messages: readonly Message[],
  { protocol, quirks }: LanguageAtProvider<Quirks>,
): readonly Pending[] {
  const pending: Pending[] = []
  for (const [index, { content }] of messages.entries()) {
    for (const [position, part] of content.entries()) {
      if (part.type === 'text' || part.type === 'audio') continue
      const url = part.type === 'file' ? part.data : part.url
      if (url === undefined || !/^https?:/i.test(url) || protocol.takesUrl?.(part, quirks) !== false) continue
      const next = { part, url, path: `messages[${index}].content[${position}]` }
      if (pending.length === mostDownloads) {
        throw refusal('invalid_request', next, `is one of more than ${mostDownloads} addresses; send data URLs instead`)
      }
      pending.push(next)
    }
  }
  return pending
}

/** @throws GatewayError when it is not what the part says. A file may be anything. */
function withData(pending: Pending, mediaType: string, bytes: Buffer): MediaPart {
  const { part } = pending
  if (part.type !== 'file' && !mediaType.startsWith(`${part.type}/`)) {
    const kind = part.type === 'image' ? 'unsupported_image_format' : 'invalid_request'
    throw refusal(
      kind,
      pending,
      `leads to ${mediaType}, which is not ${part.type === 'image' ? 'an image' : 'a video'}`,
    )
  }
  const url = `data:${mediaType};base64,${bytes.toString('base64')}`
  if (part.type !== 'file') return { ...part, url }
  return { ...part, filename: part.filename ?? lastStep(pending.url), data: url }
}

/** What the address calls the file: some providers want a name, or its ending, and a data URL has none. */
const lastStep = (url: string): string | undefined => URL.parse(url)?.pathname.split('/').at(-1) || undefined

const imageKinds = {
  missing: 'image_not_found',
  'too-large': 'image_too_large',
  failed: 'image_download_failed',
} as const

/** Another endpoint may fetch for itself what we could not; what may not be fetched is for the client to put right. */
function explain({ reason, message }: FetchFailure, pending: Pending): GatewayError {
  if (reason === 'refused') return refusal('invalid_request', pending, message, FinalError)
  return refusal(pending.part.type === 'image' ? imageKinds[reason] : 'invalid_request', pending, message)
}

/** The address itself is not repeated: it may carry a signature that opens it. */
function refusal(kind: ErrorKind, { part, path }: Pending, clause: string, Kind = GatewayError): GatewayError {
  const message = `the address of the ${part.type} ${clause}`
  return new Kind(kind, `${path}: ${message}.`, { issues: [{ path, message }] })
}

function withParts(message: Message, filled: ReadonlyMap<ContentPart, ContentPart>): Message {
  if (message.role !== 'user' && message.role !== 'assistant' && message.role !== 'tool') return message
  if (!message.content.some((part) => filled.has(part))) return message
  return { ...message, content: message.content.map((part) => filled.get(part) ?? part) }
}
