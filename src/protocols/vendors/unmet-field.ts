import { GatewayError } from '../../canonical/errors.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/**
 * Makes the error for a field that an endpoint cannot meet. Another endpoint may.
 * @param what What the endpoint does instead, in words that follow its name.
 */
export function unmetField(path: string, { model, providerName }: Endpoint, what: string): GatewayError {
  const message = `cannot be met: ${model} at ${providerName} ${what}`
  return new GatewayError('invalid_request', `${path} ${message}.`, { issues: [{ path, message }] })
}
