import { search } from '../util/pattern.ts'
import { errorTable, type GatewayError } from '../canonical/errors.ts'
import { cutText } from '../util/cut-text.ts'
import type { ResponseStream } from './response-stream.ts'
import type { SignableCall } from './sign/sign.ts'
import { unusable } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

/** The messages of web servers for an unknown address. An API would name the model that it does not have. */
const nothingThere = /^(404:? )?((page|resource) )?not found\.?$|^invalid url\b/i

/**
 * Tells whether a refusal comes from a web server that has no API at the requested address: it redirects, refuses the method, or reports
 * that nothing is there. A wrong `base_url` has this effect, e.g. one without `/v1`.
 *
 * @param said The refusal as the language has decoded it.
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

/**
 * Makes the error for a wrong address. It names the requested address and where that redirects to, because nothing else shows what is
 * wrong; without the query, which may hold a key.
 */
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

/** Returns scheme, host and path of a redirect: a query, a fragment or a user may hold a secret. Null where it has no valid address. */
function redirectTarget({ location }: ResponseStream['headers'], asked: string): string | null {
  const url = typeof location === 'string' ? URL.parse(location, asked) : null
  return url === null ? null : cutText(`${url.protocol}//${url.host}${url.pathname}`, longestTarget)
}
