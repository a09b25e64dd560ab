import { GatewayError } from '../canonical/errors.ts'
import type { Handler } from './exchange.ts'
import type { RouteTable } from './route-table.ts'
import { refuseUnbuiltApi } from './refuse-unbuilt-api.ts'

/** Creates the handler that refuses what no route serves: with 405 where only the method is wrong, otherwise with 404. */
export function refuseUnknownAddress(table: RouteTable): Handler {
  return ({ incoming: { method }, path }) => {
    const methods = [...table.at(path).keys()].join(', ')
    if (methods === '') refuseUnbuiltApi(method ?? '', path)
    if (methods === '') throw new GatewayError('not_found', `There is nothing at ${method} ${path.slice(0, 200)}.`)
    throw new GatewayError('method_not_allowed', `${path} takes ${methods}, not ${method}.`, {
      headers: { Allow: methods },
    })
  }
}
