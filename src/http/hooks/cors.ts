import type { Hook } from '../environment.ts'

const exposed =
  'X-Generation-Id, X-OpenRouter-Cache-Status, X-OpenRouter-Cache-TTL, X-OpenRouter-Cache-Age, X-OpenRouter-Cache-Source-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset'

/** Browser clients may call from anywhere: keys travel in a header, never in a cookie (contract 0.14). */
export const cors: Hook = (c) => {
  const { incoming, outgoing } = c.env
  if (incoming.headers.origin === undefined) return undefined
  outgoing.setHeader('access-control-allow-origin', '*')
  outgoing.setHeader('access-control-expose-headers', exposed)
  if (incoming.method !== 'OPTIONS') return undefined
  return c.body(null, 204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': incoming.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '86400',
  })
}
