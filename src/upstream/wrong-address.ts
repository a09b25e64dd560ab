import { search } from '../util/pattern.ts'
import { errorTable, type GatewayError } from '../canonical/errors.ts'
import { cutText } from '../util/cut-text.ts'
import type { ResponseStream } from './response-stream.ts'
import type { SignableCall } from './sign/sign.ts'
import { unusable } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

/** What servers say of an address, where an API would say which model it lacks. */
const nothingThere = /^(404:? )?((page|resource) )?not found\.?$|^invalid url\b/i

/**
 * Whether a refusal comes from a web server that has no API at the address that was asked: it leads elsewhere, or says that there is
 * nothing. That is how a wrong `base_url` looks, e.g. one without `/v1`.
 *
 * @param said What the language makes of a refusal.
 */
export function comesFromNoApi({ status }: Pick<ResponseStream, 'status'>, said: GatewayError): boolean {
  if (status >= 300 && status < 400) return true
  if (status === 405) return true
  if (status !== 404) return false
  const { raw } = said.details
  return (
    typeof raw !== 'object' ||
    said.message === errorTable.not_found.message ||
    search(nothingThere, said.message) !== null
  )
}

/** Says which address was asked, and where it leads: nobody else can tell what is wrong with it. Without its query, where a key may stand. */
export function wrongAddress(
  provider: UpstreamProvider,
  { origin, path }: Pick<SignableCall, 'origin' | 'path'>,
  { status, headers }: Pick<ResponseStream, 'status' | 'headers'>,
): GatewayError {
  const address = origin + path.replace(/\?.*$/s, '')
  const target = status >= 300 && status < 400 ? redirectTarget(headers, origin + path) : null
  const leading = target === null ? '' : ` and leads to ${target}`
  const what = `has no API at ${address}: that answered with status ${status}${leading}. Look at the base_url of the provider ${provider.slug}`
  return unusable(provider, what)
}

const longestTarget = 256

/** Scheme, host and path alone: a query, a fragment or a user may hold a secret. Null for what is no address. */
function redirectTarget({ location }: ResponseStream['headers'], asked: string): string | null {
  const url = typeof location === 'string' ? URL.parse(location, asked) : null
  return url === null ? null : cutText(`${url.protocol}//${url.host}${url.pathname}`, longestTarget)
}
