/** A reservation of what a principal has left, for one turn. The prices of an `Endpoint` determine what a call to it may cost. */
export interface Hold<Endpoint> {
  /** Tells whether the reservation covers a call to this endpoint. Use it before every call: the first, a retry, a hedge, a rescue. */
  readonly cover: (endpoint: Endpoint) => boolean
  /** Releases what was reserved. Idempotent. */
  readonly release: () => void
}
