import { GatewayError } from '../canonical/errors.ts'
import { fullMatch } from '../util/pattern.ts'

/**
 * The longest key. It is longer than any key that the gateway makes (73 characters) or an operator would configure, and short enough to be
 * hashed for every caller.
 */
const longest = 512

/**
 * Reads the key in an `Authorization` header.
 * @throws GatewayError (401) that quotes nothing of the header.
 */
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
