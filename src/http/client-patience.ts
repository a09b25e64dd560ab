/** How long a client may take to send a request, in milliseconds. */
export interface ClientPatience {
  readonly headersMs: number
  /** The body, once its headers came: what slow lines need for a body of the largest size, and no trickle for ever. */
  readonly requestMs: number
  /** How often connections are looked at: the two limits are met late by up to this. */
  readonly checkMs: number
}

export const clientPatience: ClientPatience = { headersMs: 15_000, requestMs: 120_000, checkMs: 5_000 }
