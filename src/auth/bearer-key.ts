import { GatewayError } from '../canonical/errors.ts'
import { fullMatch } from '../util/pattern.ts'

/** Longer than any key we make (73 characters) or an operator would configure, short enough to be hashed for anybody. */
const longest = 512

/** The key in an `Authorization` header. Throws a GatewayError (401) that repeats nothing of it. */
export function bearerKey(authorization: string | undefined): string {
  const header = authorization?.trim() ?? ''
  if (header === '') throw new GatewayError('authentication')
  const key = header.length > longest ? undefined : fullMatch(/^bearer[ \t]+(\S+)$/i, header)?.[1]
  if (key !== undefined) return key
  throw new GatewayError(
    'authentication',
    'The Authorization header is not usable. Send `Authorization: Bearer <API key>`.',
  )
}
