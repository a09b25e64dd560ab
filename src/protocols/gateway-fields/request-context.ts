import { hash } from 'node:crypto'
import type { RequestContext } from '../../canonical/generation-request.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { cutText } from '../../util/cut-text.ts'
import type { RequestHeaders } from '../protocol.ts'
import { cacheRequest } from './cache-request.ts'

/** The fields by which every OpenAI-like request speaks of itself rather than to the model. */
export interface SelfDescription {
  readonly user?: string | null
  readonly session_id?: string | null
  readonly metadata?: Readonly<Record<string, string>> | null
  readonly trace?: Readonly<Record<string, unknown>> | null
  readonly debug?: { readonly echo_upstream_body?: boolean | null } | null
  readonly stream?: boolean | null
}

const sessionIdLimit = 256

/**
 * What is kept of texts that may be of any length: they stay as long as the stream does, and go on record. A SHA-256 in hexadecimal has 64
 * characters.
 */
const kept = { header: 1_024, user: 512, hash: 64 }

/** The body wins over the header (contract §0.a). */
export function decodeContext(body: SelfDescription, headers: RequestHeaders): RequestContext {
  return {
    user: typeof body.user === 'string' ? boundedUser(body.user) : undefined,
    sessionId: body.session_id ?? sessionOfHeader(headers),
    metadata: body.metadata ?? undefined,
    trace: body.trace ?? undefined,
    userAgent: headerText(headers['user-agent']),
    referer: headerText(headers['http-referer'] ?? headers['referer']),
    title: headerText(headers['x-openrouter-title'] ?? headers['x-title']),
    routerMetadata: wantsRouterMetadata(headers),
    echoUpstreamBody: body.stream === true && body.debug?.echo_upstream_body === true,
    streamRescue: streamRescue(headers),
    cache: cacheRequest(headers),
    anthropicBetas: anthropicBetas(headers),
  }
}

/** The schemas limit that of the body. Both are counted in code points, as JSON Schema does. */
function sessionOfHeader(headers: RequestHeaders): string | undefined {
  const sessionId = single(headers['x-session-id'])
  if (sessionId === undefined || Array.from(sessionId).length <= sessionIdLimit) return sessionId
  throw new GatewayError('invalid_request', `x-session-id must be at most ${sessionIdLimit} characters long`)
}

/** What clients may ask of Anthropic by name (contract §0.a). Others are dropped: some of them answer in ways that nobody here reads. */
const passedBetas: ReadonlySet<string> = new Set(['interleaved-thinking-2025-05-14', 'structured-outputs-2025-11-13'])

function anthropicBetas(headers: RequestHeaders): RequestContext['anthropicBetas'] {
  if (headers['x-anthropic-beta'] === undefined) return undefined
  return listedHeader(headers, 'x-anthropic-beta').filter((beta) => passedBetas.has(beta))
}

/** The words of a header that lists them, in small letters, each once. */
export function listedHeader(headers: RequestHeaders, name: string): readonly string[] {
  const words = [headers[name] ?? []].flat().join(',').split(',')
  return [...new Set(words.map((word) => word.trim().toLowerCase()))].filter((word) => word !== '')
}

/** A chat may have one of any length (contract §10.30). A long one stays distinct by its hash. */
const boundedUser = (user: string): string =>
  user.length <= kept.user ? user : cutText(user, kept.user - kept.hash) + hash('sha256', user)

function headerText(value: string | string[] | undefined): string | undefined {
  const text = single(value)
  return text === undefined ? undefined : cutText(text, kept.header)
}

/** `enabled` in any letter case; everything else means no. The newer header wins over the older (contract §0.a). */
function wantsRouterMetadata(headers: RequestHeaders): boolean {
  const value = single(headers['x-openrouter-metadata']) ?? single(headers['x-openrouter-experimental-metadata'])
  return value?.toLowerCase() === 'enabled'
}

/** In any letter case; everything else means as configured. */
function streamRescue(headers: RequestHeaders): RequestContext['streamRescue'] {
  const value = single(headers['x-waygate-stream-rescue'])?.toLowerCase()
  return value === 'continue' || value === 'off' ? value : undefined
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** What the client says the body's length is; null in a chunked request. */
export function announcedBytes(headers: RequestHeaders): number | null {
  const length = single(headers['content-length'])
  return length === undefined ? null : Number(length)
}
