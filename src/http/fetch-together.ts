import type { PlacedAddress } from '../canonical/placed-address.ts'

/**
 * Downloads what a request names, through the guarded dialer, with one limit of bytes for all of it. Nothing but the bytes goes on to a
 * provider: an address may carry a signature that opens it.
 * @throws GatewayError 400 or 404, with the place in the request
 */
export type FetchTogether = (
  places: readonly PlacedAddress[],
  mostBytes: number,
  signal: AbortSignal,
) => Promise<readonly { readonly bytes: Buffer; readonly mediaType: string }[]>
