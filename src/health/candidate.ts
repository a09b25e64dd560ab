import type { CallEvent, CallStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

/** The owner of the operator's credentials, which serve all accounts. */
export const operator = 'gateway'

/** Which of a provider's credentials to use: a reference, never the secret. */
export interface CredentialReference {
  readonly provider: string
  /** Unique among the credentials of all owners. It stays with the credential when others are added or removed, and does not tell the secret. */
  readonly id: string
  /** `operator`, or the account that brought it. */
  readonly owner: string
}

/** An endpoint under consideration for one request, with the credential it would be called with. */
export interface Candidate {
  readonly endpoint: Endpoint
  readonly credential: CredentialReference
}

/** What the time of an answer hangs on, besides who answers. */
export interface RequestedReply {
  readonly stream: boolean
  readonly maxTokens: number | undefined
}

/** Hears how the calls to endpoints go. */
export interface CallWatch {
  /** A call begins: synchronously, so that of many at once only one becomes the probe of an endpoint that is down. */
  begin(candidate: Candidate, requested: RequestedReply): CallReport
}

/** One call. Exactly one of `ended` and `abandoned` comes last; times are measured by the watch itself. */
export interface CallReport {
  /** The first content is here. */
  answered(): void
  /** The call's last event. */
  ended(last: Extract<CallEvent, { type: 'call-end' | 'error' }>): void
  /**
   * The reader left first.
   * @param silentSince Monotonic milliseconds from which on nothing came, where that is an unusual silence. Without it the call says
   *   nothing about the endpoint.
   */
  abandoned(silentSince?: number): void
}

/** How long an answer is waited for. */
export interface Patience {
  /** Until a stream's first token is here, or a whole reply. */
  readonly answerMs: number
  /** Until silence is unusual: a reader who leaves only then speaks against the endpoint. */
  readonly overdueMs: number
  /** Whether frames without content, such as comments and keep-alives, start the wait anew. */
  readonly commentsCount: boolean
}

/** One call to one endpoint. Never throws while iterated; ends with exactly one `end` or `error` (principle 4). */
export type CallEndpoint = (
  candidate: Candidate,
  request: GenerationRequest,
  signal: AbortSignal,
  patience: Patience,
  /** Called once the upstream has the whole request, for which it may charge from then on. */
  onSent?: () => void,
) => CallStream

/** Counts the calls to its provider that a request comes to at an endpoint: one that only chats is asked for each choice of a completion. */
export function callsOf(request: GenerationRequest, { operations }: Endpoint): number {
  switch (request.operation) {
    case 'chat':
      return 1
    case 'completions':
      return operations.includes('completions') ? 1 : request.input.prompts.length * (request.input.n ?? 1)
  }
}
