import { GatewayError } from './errors.ts'
import type { CallBatch } from './generation-event.ts'

/** What one call holds of the amounts that its principal may spend, from before it begins until its cost is known. */
export interface CallHold {
  /** The `max_tokens` to send where less than the whole answer is covered. Undefined: what the request itself asks for. */
  readonly maxTokens: number | undefined
  /**
   * Makes the hold larger as the answer grows. False where the answer is longer than what can be held for it: then it must end. Answers with
   * an output limit are covered from the start.
   */
  readonly keepUp: (batch: CallBatch) => boolean
  /** Releases what is held above the cost of a call that has ended, in nano-USD. The turn may go on with another call. */
  readonly cost: (amount: number) => void
  /** Releases the hold of a call that is not charged. Idempotent. */
  readonly release: () => void
}

/** The holds of one turn. The prices of an `Endpoint` determine what a call to it may cost. */
export interface Hold<Endpoint> {
  /** Tells whether a call to this endpoint could be covered now. It takes nothing. */
  readonly affords: (endpoint: Endpoint) => boolean
  /**
   * Takes what a call to this endpoint may cost; null where that is more than what is left. Use it before every call: the first, a retry,
   * a hedge, a rescue.
   */
  readonly cover: (endpoint: Endpoint) => CallHold | null
  /** Returns the error for the newest call that was not covered, or whose answer became too long. */
  readonly refusal: () => GatewayError
  /** Releases all holds of a turn once it is billed. Idempotent. */
  readonly release: () => void
}

/** The hold of a call that needs none. */
export const freeCallHold: CallHold = { maxTokens: undefined, keepUp: () => true, cost: () => {}, release: () => {} }

/** The holds of a turn that may spend without limit. */
export const unlimitedHold: Hold<unknown> = {
  affords: () => true,
  cover: () => freeCallHold,
  refusal: () => new GatewayError('payment_required'),
  release: () => {},
}

/**
 * Holds what paid work besides calls may cost, in nano-USD, from before it begins. Resolves with the function that ends the hold, which is
 * called once the fee is charged, or where there is none. Idempotent.
 * @throws GatewayError 403 or 402 where a limit does not cover it.
 */
export type HoldFee = (amount: number) => Promise<() => void>
