import type { ContentPart } from '../canonical/content-part.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { PlacedAddress } from '../canonical/placed-address.ts'
import type { Clock } from '../util/clock.ts'
import type { CheckMedia, LanguageAtProvider, PrepareMedia } from './open-call.ts'
import { addressesIn, addressesOfItems, type FoundAddress, type MediaPart } from './addresses-in.ts'
import type { AllowList } from './allow-list.ts'
import { checkHandedOn } from './check-address.ts'
import { explainFetch, refusedAddress } from './explain-fetch.ts'
import { FetchFailure } from './fetch-failure.ts'
import { type Fetched, type GuardedFetch, tooLarge } from './guarded-fetch.ts'
import { mediaTypeOf } from '../util/media-type.ts'
import { passedAddresses } from './passed-addresses.ts'
import { search } from '../util/pattern.ts'

interface PrepareMediaOptions {
  readonly fetch: GuardedFetch
  /** The private hosts that upstreams may be asked to fetch from. */
  readonly allowed: AllowList
  /** The limit of all downloads of a request together, in bytes. */
  readonly maxBytes: number
  readonly clock: Clock
}

/** The time limit of all downloads of a call together. Clients and proxies wait about a minute for the first byte of a reply. */
const longestMs = 30_000
/** More would let a small request cause very many downloads. The languages that accept no addresses accept about as many images. */
const mostDownloads = 100
const atOnce = 6

/** A part whose address must be fetched. */
interface Pending extends FoundAddress {
  readonly part: MediaPart
  /** The first part of the request with this address, which represents all of them. */
  readonly first: MediaPart
}

interface Download {
  readonly mediaType: string
  /** A data URL. */
  readonly url: string
  readonly bytes: number
}

/**
 * Makes the function that downloads the images, files and videos whose addresses an upstream does not accept, and refuses addresses that
 * would lead the upstream into the operator's network. Downloads and failures are kept for as long as the request exists, so that neither
 * another attempt nor another part fetches an address twice.
 */
export function createPrepareMedia({ fetch, allowed, maxBytes, clock }: PrepareMediaOptions): PrepareMedia {
  const known = new WeakMap<MediaPart, Promise<Download>>()

  async function fill(request: ChatRequest, pending: readonly Pending[], signal: AbortSignal): Promise<ChatRequest> {
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const budget = { left: maxBytes }
    const dueAt = clock.monotonic() + longestMs
    const filled = new Map<ContentPart, ContentPart>()
    let held = 0
    // Shared by all workers: each takes the next address when it has finished one.
    const queue = pending.values()
    const work = async (): Promise<void> => {
      for (const next of queue) {
        const download = await once(next).catch((error: unknown) => {
          throw error instanceof FetchFailure ? explainFetch(error, next) : error
        })
        // An address that occurs several times is sent as often.
        held += download.bytes
        if (held > maxBytes) throw explainFetch(tooLarge(), next)
        filled.set(next.part, withData(next, download))
      }
    }
    const once = async (next: Pending): Promise<Download> => {
      const before = known.get(next.first)
      if (before !== undefined) {
        return before.catch((error: unknown) => (known.get(next.first) === before ? Promise.reject(error) : once(next)))
      }
      const timeoutMs = Math.max(1, Math.ceil(dueAt - clock.monotonic()))
      const download = fetch(next.address, { budget, timeoutMs, signal: either }).then(downloaded)
      known.set(next.first, download)
      // A download that was given up shows nothing about the address.
      download.catch(() => either.aborted && known.delete(next.first))
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
    const pending = notTaken(request.input.messages, language, allowed)
    return pending.length === 0 ? request : fill(request, pending, signal)
  }
}

/**
 * Makes the same check for what is passed on unchanged, and for items to embed or rank, where nothing is downloaded: an upstream that
 * accepts no addresses refuses them itself.
 */
export const createCheckMedia =
  (allowed: AllowList): CheckMedia =>
  (request, provider) => {
    const { input } = request
    if (input.type === 'embeddings' || input.type === 'rerank') {
      for (const placed of addressesOfItems(input)) refuseInternal(placed, allowed)
    }
    for (const placed of passedAddresses(request, provider)) refuseInternal(placed, allowed)
  }

/**
 * Returns the parts whose addresses the upstream does not accept.
 * @throws GatewayError for an address that the upstream would fetch, and must not; also for more than `mostDownloads`.
 */
function notTaken<Quirks>(
  messages: readonly Message[],
  { protocol, quirks }: LanguageAtProvider<Quirks>,
  allowed: AllowList,
): readonly Pending[] {
  const pending: Pending[] = []
  const firsts = new Map<string, MediaPart>()
  for (const placed of addressesIn(messages)) {
    const { address, part } = placed
    const first = part === null ? null : firstWith(address, part, firsts)
    if (
      part === null ||
      first === null ||
      protocol.takesUrl?.(part, quirks) !== false ||
      search(/^https?:/i, address) === null
    ) {
      refuseInternal(placed, allowed)
      continue
    }
    if (pending.length === mostDownloads) {
      throw refusedAddress(
        'invalid_request',
        placed,
        `is one of more than ${mostDownloads} addresses; send data URLs instead`,
      )
    }
    pending.push({ ...placed, part, first })
  }
  return pending
}

/** Returns the first part with the same address. Fragments do not count: they are not sent to a server. */
function firstWith(address: string, part: MediaPart, firsts: Map<string, MediaPart>): MediaPart {
  const [resource = address] = (URL.parse(address)?.href ?? address).split('#', 1)
  const first = firsts.get(resource) ?? part
  firsts.set(resource, first)
  return first
}

function refuseInternal(placed: PlacedAddress, allowed: AllowList): void {
  try {
    checkHandedOn(placed.address, allowed)
  } catch (error) {
    throw error instanceof FetchFailure ? explainFetch(error, placed) : error
  }
}

function downloaded({ contentType, bytes }: Fetched): Download {
  const mediaType = mediaTypeOf(contentType, bytes)
  return { mediaType, url: `data:${mediaType};base64,${bytes.toString('base64')}`, bytes: bytes.length }
}

/**
 * Returns the part with the downloaded data in place of its address.
 * @throws GatewayError when the data is not of the type of the part. A file may be anything.
 */
function withData(pending: Pending, { mediaType, url }: Download): MediaPart {
  const { part } = pending
  if (part.type !== 'file' && !mediaType.startsWith(`${part.type}/`)) {
    const kind = part.type === 'image' ? 'unsupported_image_format' : 'invalid_request'
    throw refusedAddress(
      kind,
      pending,
      `leads to ${mediaType}, which is not ${part.type === 'image' ? 'an image' : 'a video'}`,
    )
  }
  if (part.type !== 'file') return { ...part, url }
  return { ...part, filename: part.filename ?? lastStep(pending.address), data: url }
}

/** Returns the file name in an address: some providers need a name, or its ending, and a data URL has none. */
const lastStep = (url: string): string | undefined => URL.parse(url)?.pathname.split('/').at(-1) || undefined

function withParts(message: Message, filled: ReadonlyMap<ContentPart, ContentPart>): Message {
  if (message.role !== 'user' && message.role !== 'assistant' && message.role !== 'tool') return message
  if (!message.content.some((part) => filled.has(part))) return message
  return { ...message, content: message.content.map((part) => filled.get(part) ?? part) }
}
