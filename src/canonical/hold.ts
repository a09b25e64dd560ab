/** What a principal has left, kept for one turn. `Endpoint` is what a call is made to: its prices say what must be covered. */
export interface Hold<Endpoint> {
  /** Whether a call to this endpoint can be paid. To be asked before each: the first, a retry, a hedge, a rescue. */
  readonly cover: (endpoint: Endpoint) => boolean
  /** Gives back what was kept. Idempotent. */
  readonly release: () => void
}
