import { search } from '../util/pattern.ts'
/**
 * Returns the path of a request's target: without the query, without the origin that proxies put before it (RFC 9112 §3.2.2), without a
 * trailing slash, and with the slashes that clients encode in the slug of a model.
 */
export function targetPath(target: string): string {
  const start = target.startsWith('/') ? 0 : originLength(target)
  const query = target.indexOf('?', start)
  let end = query === -1 ? target.length : query
  while (end > start && target[end - 1] === '/') end--
  const path = end === start ? '/' : target.slice(start, end)
  return path.includes('%') ? path.replaceAll(/%2f/gi, '/') : path
}

/** Returns the length of the origin in `http://host:port/path`. */
function originLength(target: string): number {
  const scheme = search(/^https?:\/\//i, target)?.[0]
  if (scheme === undefined) return 0
  const ends = ['/', '?'].map((mark) => target.indexOf(mark, scheme.length)).filter((end) => end !== -1)
  return Math.min(target.length, ...ends)
}
