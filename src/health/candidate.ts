import type { ByokKey } from '../canonical/byok-key.ts'
import type { CallEvent, CallStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

/** The owner of the operator's credentials, which serve all accounts. */
export const operator = 'gateway'

/** A reference to one of a provider's credentials, never the secret itself. */
export interface CredentialReference {
  readonly provider: string
  /**
   * Unique among the credentials of all owners. A credential keeps its id when others are added or removed, and the id does not reveal the
   * secret.
   */
  readonly id: string
  /** `operator`, or the account that the credential belongs to. */
  readonly owner: string
}

/** A key that the account of a request brought for a provider (contract §6.17), as routing uses it. */
export interface OwnKey extends Pick<ByokKey, 'isFallback' | 'isRequired' | 'isByokOnly' | 'declaredZdr'> {
  readonly reference: CredentialReference
  /** Tells whether the key is for this model. */
  isFor(model: string): boolean
  /** Returns the copy of an endpoint that is called with this key, always the same object; null where it cannot be called with it. */
  copyOf(endpoint: Endpoint): Endpoint | null
}

/** An endpoint under consideration for one request, with the credential for calling it. */
export interface Candidate {
  readonly endpoint: Endpoint
  readonly credential: CredentialReference
}

/** The kind of reply that is requested: with the endpoint, it determines how long the reply takes. */
export interface RequestedReply {
  readonly stream: boolean
  readonly maxTokens: number | undefined
}

/** The observer of calls to endpoints. */
export interface CallWatch {
  /**
   * Notes that a call begins, and returns where to report its course. Synchronous, so that of many calls at once only one becomes the
   * probe of an endpoint that is down.
   */
  begin(candidate: Candidate, requested: RequestedReply): CallReport
}

/** The course of one call. The last report is exactly one of `ended` and `abandoned`. The observer itself measures the times. */
export interface CallReport {
  /** Reports that the first content has arrived. */
  answered(): void
  /** Reports the last event of the call. */
  ended(last: Extract<CallEvent, { type: 'call-end' | 'error' }>): void
  /**
   * Reports that the reader left before the end.
   * @param silentSince Monotonic milliseconds since which nothing arrived, where that is unusually long. Without it the call counts neither
   *   for nor against the endpoint.
   */
  abandoned(silentSince?: number): void
}

/** The time limits of the wait for an answer. */
export interface Patience {
  /** The longest wait for the first token of a stream, or for a whole reply. */
  readonly answerMs: number
  /** The time after which silence is unusual: a reader that leaves after it counts against the endpoint. */
  readonly overdueMs: number
  /** Whether frames without content, such as comments and keep-alives, restart the wait. */
  readonly commentsCount: boolean
}

/** A call to one endpoint. The stream never throws while it is iterated, and ends with exactly one `call-end` or `error` (principle 4). */
export type CallEndpoint = (
  candidate: Candidate,
  request: GenerationRequest,
  signal: AbortSignal,
  patience: Patience,
  /** Called once the upstream has received the whole request: from then on it may charge for it. */
  onSent?: () => void,
) => CallStream

/** Counts the provider calls that a request needs at an endpoint: one that serves only chat is called for each choice of a completion. */
export function callsOf(request: GenerationRequest, { operations }: Endpoint): number {
  switch (request.operation) {
    case 'chat':
      return 1
    case 'completions':
      return operations.includes('completions') ? 1 : request.input.prompts.length * (request.input.n ?? 1)
    // The parts of a batch that is larger than an upstream takes count as one call: a request has a limited number of inputs.
    case 'embeddings':
    case 'rerank':
    case 'images':
    case 'speech':
    case 'transcription':
      return 1
  }
}
