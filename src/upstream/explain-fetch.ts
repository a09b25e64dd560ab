import { type ErrorKind, GatewayError } from '../canonical/errors.ts'
import type { PlacedAddress } from '../canonical/placed-address.ts'
import type { FetchFailure } from './fetch-failure.ts'
import { FinalError } from './upstream-failure.ts'

const imageKinds = {
  missing: 'image_not_found',
  'too-large': 'image_too_large',
  failed: 'image_download_failed',
} as const

/**
 * Explains to the client why an address of its request brought nothing. Another endpoint may fetch for itself what we could not; what may not
 * be fetched is for the client to put right.
 */
export function explainFetch({ reason, message }: FetchFailure, placed: PlacedAddress): GatewayError {
  if (reason === 'refused') return refusedAddress('invalid_request', placed, message, FinalError)
  return refusedAddress(placed.kind === 'image' ? imageKinds[reason] : 'invalid_request', placed, message)
}

/** Makes the error of an address that is not used. The address itself is not repeated: it may carry a signature that opens it. */
export function refusedAddress(
  kind: ErrorKind,
  { kind: what, path }: PlacedAddress,
  clause: string,
  Kind = GatewayError,
): GatewayError {
  const message = `the address of the ${what} ${clause}`
  return new Kind(kind, `${path}: ${message}.`, { issues: [{ path, message }] })
}
