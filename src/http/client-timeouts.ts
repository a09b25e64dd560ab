/** The time limits for a client that sends a request, in milliseconds. */
export interface ClientTimeouts {
  readonly headersMs: number
  /** The time for the body, after its headers have arrived. A slow line can send a body of the largest size in this time. */
  readonly requestMs: number
  /** The interval at which connections are checked. The two limits may be exceeded by this much. */
  readonly checkMs: number
}

export const defaultClientTimeouts: ClientTimeouts = { headersMs: 15_000, requestMs: 120_000, checkMs: 5_000 }
