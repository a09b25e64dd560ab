import type { Clock } from '../util/clock.ts'
import type { Documents } from './documents.ts'
import type { GenerationContext } from './generation-context.ts'
import type { GenerationStream } from './generation-event.ts'
import type { GenerationRequest } from './generation-request.ts'
import type { HoldFee } from './hold.ts'
import type { Moderation } from './moderation.ts'
import type { AdmittedEndpoint, ModelDirectory, OfferedModel } from './offered-model.ts'
import type { Ocr } from './ocr.ts'
import type { WebEngines } from './web-engines.ts'

/**
 * Downloads an address that a caller, a model or a page named, through the guarded dialer: private addresses are refused, also behind
 * redirects. The limits of bytes and time are those of the gateway.
 * @throws GatewayError that explains why the address could not be read, in words that the model may see.
 */
export type Download = (
  address: string,
  signal: AbortSignal,
) => Promise<{ readonly contentType: string | undefined; readonly bytes: Buffer; readonly url: string }>

/** What the gateway provides to plugins and server tools. They import no machinery of their own (principle 14). */
export interface Facilities {
  readonly clock: Clock
  readonly web: WebEngines
  readonly documents: Documents
  readonly download: Download
  readonly models: ModelDirectory
  readonly moderation: Moderation
  readonly ocr: Ocr
}

/** What a plugin or a server tool is given for one request. */
export interface FeatureContext extends Facilities {
  readonly generation: GenerationContext
  /** Holds what paid work may cost. Every fee that a plugin or a server tool charges is held before. */
  readonly holdFee: HoldFee
  /** The models that the request resolved to, in the order to try. */
  readonly choices: readonly OfferedModel[]
  /** Lists the endpoints of these models that the router would keep if the prompt were short enough for all of them, in their order. */
  readonly admit: (request: GenerationRequest) => readonly AdmittedEndpoint[]
  /** Tells whether the router has an endpoint for this request, which may name any model. */
  readonly canAsk: (request: GenerationRequest) => boolean
  /**
   * Asks a model. The call shares the deadline, principal and budget of this generation, and is part of its record. It ends when the signal
   * of the tool is aborted.
   */
  readonly ask: (request: GenerationRequest, tool: string, signal: AbortSignal) => GenerationStream
}
