import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/** Puts endpoints in the order to try: those of one model, or of all where the request pools them. Stable, drops none. Pure. */
export type Ranker = (endpoints: readonly Endpoint[], request: GenerationRequest) => readonly Endpoint[]
