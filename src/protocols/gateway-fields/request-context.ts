import { hash } from 'node:crypto'
import type { RequestContext } from '../../canonical/generation-request.ts'
import { GatewayError } from '../../canonical/errors.ts'
import { cutText } from '../../util/cut-text.ts'
import type { RequestHeaders } from '../protocol.ts'
import { cacheRequest } from './cache-request.ts'

/** The fields of every OpenAI-like request that describe the request itself and are not for the model. */
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
 * How many characters are kept of texts of any length: they stay in memory as long as the stream, and are recorded. A SHA-256 in
 * hexadecimal has 64 characters.
 */
const kept = { header: 1_024, user: 512, hash: 64 }

/**
 * Decodes the context of a request from its body and its headers. The body takes precedence over the header (contract §0.a).
 * @throws GatewayError 400 for a session id that is too long.
 */
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

/** Reads the session of the header. The schemas limit that of the body, and count code points, as JSON Schema does. */
function sessionOfHeader(headers: RequestHeaders): string | undefined {
  const sessionId = single(headers['x-session-id'])
  if (sessionId === undefined || Array.from(sessionId).length <= sessionIdLimit) return sessionId
  throw new GatewayError('invalid_request', `x-session-id must be at most ${sessionIdLimit} characters long`)
}

/**
 * The betas of Anthropic that clients may ask for (contract §0.a). Others are dropped: some of them change the answer in ways that the
 * gateway cannot read.
 */
const passedBetas: ReadonlySet<string> = new Set(['interleaved-thinking-2025-05-14', 'structured-outputs-2025-11-13'])

function anthropicBetas(headers: RequestHeaders): RequestContext['anthropicBetas'] {
  if (headers['x-anthropic-beta'] === undefined) return undefined
  return listedHeader(headers, 'x-anthropic-beta').filter((beta) => passedBetas.has(beta))
}

/** Returns the entries of a header that is a list, in lower case and without repetitions. */
export function listedHeader(headers: RequestHeaders, name: string): readonly string[] {
  const words = [headers[name] ?? []].flat().join(',').split(',')
  return [...new Set(words.map((word) => word.trim().toLowerCase()))].filter((word) => word !== '')
}

/** Shortens the id of a user: a chat may have one of any length (contract §10.30). A hash at the end keeps long ids distinct. */
const boundedUser = (user: string): string =>
  user.length <= kept.user ? user : cutText(user, kept.user - kept.hash) + hash('sha256', user)

function headerText(value: string | string[] | undefined): string | undefined {
  const text = single(value)
  return text === undefined ? undefined : cutText(text, kept.header)
}

/**
 * Tells whether the client asks for router metadata: by `enabled` in any letter case. The newer header takes precedence over the older
 * (contract §0.a).
 */
function wantsRouterMetadata(headers: RequestHeaders): boolean {
  const value = single(headers['x-openrouter-metadata']) ?? single(headers['x-openrouter-experimental-metadata'])
  return value?.toLowerCase() === 'enabled'
}

/**
 * Reads the header in any letter case. Without it the configuration decides.
 * @throws GatewayError 400 for another value
 */
function streamRescue(headers: RequestHeaders): RequestContext['streamRescue'] {
  const value = single(headers['x-waygate-stream-rescue'])?.toLowerCase()
  if (value === undefined || value === 'continue' || value === 'off') return value
  throw new GatewayError('invalid_request', 'X-Waygate-Stream-Rescue must be continue or off.')
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** Returns the length of the body in bytes, as the client announces it; null in a chunked request. */
export function announcedBytes(headers: RequestHeaders): number | null {
  const length = single(headers['content-length'])
  return length === undefined ? null : Number(length)
}
