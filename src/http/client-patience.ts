/** How long a client may take to say what it wants, in milliseconds. */
export interface ClientPatience {
  readonly headersMs: number
  /** The whole request, body included: what slow lines need for a body of the largest size, and no trickle for ever. */
  readonly requestMs: number
  /** How often connections are looked at: the two limits are met late by up to this. */
  readonly checkMs: number
}

export const clientPatience: ClientPatience = { headersMs: 15_000, requestMs: 120_000, checkMs: 5_000 }
