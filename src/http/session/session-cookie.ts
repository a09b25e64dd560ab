import type { IncomingMessage } from 'node:http'
import { sessionMs } from '../../auth/sessions.ts'

const name = 'waygate_session'

/** Returns the id of the session in the cookies of a request. */
export function sessionCookie({ headers: { cookie } }: IncomingMessage): string | undefined {
  if (cookie === undefined) return undefined
  const pair = cookie
    .split(';')
    .map((text) => text.trim())
    .find((text) => text.startsWith(`${name}=`))
  return pair?.slice(name.length + 1) || undefined
}

/**
 * Returns the header that sets the cookie of a session. A script cannot read it, and a browser sends it with no request that another site
 * caused. The page itself tells whether it came over TLS, which may end at a proxy.
 */
export const settingCookie = (id: string, { headers: { origin } }: IncomingMessage): string =>
  `${name}=${id}; Max-Age=${sessionMs.longest / 1000}; ${attributesFor(origin)}`

/** Returns the header that removes it. */
export const removingCookie = ({ headers: { origin } }: IncomingMessage): string =>
  `${name}=; Max-Age=0; ${attributesFor(origin)}`

const attributesFor = (origin: string | undefined): string =>
  `Path=/; HttpOnly; SameSite=Strict${origin?.startsWith('https://') === true ? '; Secure' : ''}`
