import type { GenerationBatch } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

/** Which of a provider's credentials to use: a reference, never the secret. */
export interface CredentialReference {
  readonly provider: string
  /** Position among the provider's keys; 0 also where it needs none. */
  readonly index: number
}

/** An endpoint under consideration for one request, with the credential it would be called with. */
export interface Candidate {
  readonly endpoint: Endpoint
  readonly credential: CredentialReference
}

/** One call to one endpoint. Never throws while iterated; ends with exactly one `end` or `error` (design law 4). */
export type CallEndpoint = (
  candidate: Candidate,
  request: GenerationRequest,
  signal: AbortSignal,
) => AsyncIterable<GenerationBatch>
