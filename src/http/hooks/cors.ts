import type { Hook } from '../exchange.ts'

const exposed =
  'X-Generation-Id, X-Request-Id, X-Waygate-Max-Tokens, X-OpenRouter-Cache-Status, X-OpenRouter-Cache-TTL, X-OpenRouter-Cache-Age, X-OpenRouter-Cache-Source-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset'

/**
 * Allows browser clients of any origin, because keys are sent in a header (contract §0.14). A browser sends the cookie of a session with none
 * of these requests: `*` allows no credentials, the cookie is for the same site alone, and such a request is refused besides.
 */
export const cors: Hook = ({ incoming, outgoing }) => {
  if (incoming.headers.origin === undefined) return false
  outgoing.setHeader('access-control-allow-origin', '*')
  outgoing.setHeader('access-control-expose-headers', exposed)
  if (incoming.method !== 'OPTIONS') return false
  outgoing.writeHead(204, {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': incoming.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '86400',
  })
  outgoing.end()
  return true
}
