import { GatewayError } from '../canonical/errors.ts'
import type { Handler } from './exchange.ts'
import type { RouteTable } from './route-table.ts'
import { refuseUnbuiltApi } from './refuse-unbuilt-api.ts'

/** Creates the handler that refuses what no route serves: with 405 where only the method is wrong, otherwise with 404. */
export function refuseUnknownAddress(table: RouteTable): Handler {
  return ({ incoming: { method }, path }) => {
    const methods = [...table.at(path).keys()].join(', ')
    if (methods === '') refuseUnbuiltApi(method ?? '', path)
    if (methods === '') {
      const message = `There is nothing at ${method} ${path.slice(0, 200)}.${retired(path) ?? meantAddress(table, path)}`
      throw new GatewayError('not_found', message)
    }
    throw new GatewayError('method_not_allowed', `${path} takes ${methods}, not ${method}.`, {
      headers: { Allow: methods },
    })
  }
}

/** Tells what took the place of an address that OpenAI’s clients still have a method for. */
const retired = (path: string): string | undefined =>
  path.endsWith('/v1/images/variations')
    ? ' OpenAI has retired it: POST /api/v1/images/edits makes a variation of an image, with a prompt that asks for one.'
    : undefined

/** No path of the API has more segments below `/api/v1`. */
const mostSegments = 4

/**
 * Suggests the address that was meant, for a client whose base URL lacks `/api/v1` or continues after it, and otherwise the list of addresses.
 * Returns sentences with a leading space.
 */
function meantAddress(table: RouteTable, path: string): string {
  const segments = path.split('/').slice(-mostSegments)
  const meant = segments
    .map((_, index) => `/api/v1/${segments.slice(index).join('/')}`)
    .find((address) => table.at(address).size > 0)
  if (meant === undefined) return ' GET /docs lists every address.'
  const baseUrl = path.includes('/v1/v1/messages')
    ? 'Anthropic’s SDK adds /v1 itself: its base URL ends before that.'
    : 'The base URL for clients of this gateway ends with /api/v1.'
  return ` Did you mean ${meant}? ${baseUrl}`
}
