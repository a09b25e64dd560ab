import { type ErrorDetails, GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { usd } from '../canonical/money.ts'
import type { LimitReset } from '../canonical/principal.ts'
import type { Budget, KeptBudget, Share } from './budget.ts'
import type { Lease } from './lease.ts'

/** A budget that a request is checked against, with its limit. */
export type Allowance = {
  /** Returns the limit in nano-USD. It may change while the request runs. */
  readonly limit: () => number
} & (
  | { readonly source: 'key_limit'; readonly budget: KeptBudget; readonly reset: LimitReset | null }
  /** What the account has bought. */
  | { readonly source: 'credits'; readonly budget: KeptBudget; readonly account: string }
  /** What this one request may cost. */
  | { readonly source: 'request_budget'; readonly budget: Budget }
)

/** Returns what is neither spent nor held, in nano-USD; below 0 where too much was spent. */
const leftOf = ({ budget, limit }: Allowance): number => limit() - budget.spent - budget.held

/** Returns what this node may still take of it, which on one of several nodes is what it has leased. */
export const leftFor = (allowance: Allowance, lease: Lease): number =>
  allowance.source === 'request_budget' ? leftOf(allowance) : Math.min(leftOf(allowance), lease.left(allowance.budget))

/** Counts what a request has spent so far: turns that were billed, at any depth, and fees. */
export function countSpent(budget: Budget, share: Share, root: GenerationContext): void {
  const charged = root.spent()
  budget.count(share, budget.includesByok ? charged + root.byokSpent() : charged)
}

/**
 * Tells whether nothing more may be spent, not even on a free model. Credits that are used up exactly still permit free models (contract
 * §6.16: a negative balance does not).
 */
export function isSpent({ budget, limit, source }: Allowance): boolean {
  return source === 'credits' ? budget.spent > limit() : budget.spent >= limit()
}

/** What a call asked for, and what there was for it. */
export interface Shortfall {
  /** The most tokens that the answer may have. */
  readonly requested: number
  /** How many of them can be paid. */
  readonly affordable: number
}

/** Makes the refusal of a call that an allowance does not cover; without a shortfall, nothing more may be spent at all. */
export function refusalOf(allowance: Allowance, shortfall: Shortfall | null): GatewayError {
  const spent = usd(allowance.budget.spent)
  const limit = usd(allowance.limit())
  const reason =
    shortfall === null
      ? null
      : `This request requires more credits, or fewer max_tokens. You requested up to ${shortfall.requested} tokens, but can only afford ${shortfall.affordable}.`
  switch (allowance.source) {
    case 'key_limit': {
      const state = `This key may spend ${limit} USD${perPeriod(allowance.reset)} and has spent ${spent} USD.`
      const title = `Key limit exceeded (${allowance.reset ?? 'total'} limit): `
      return keyRefusal(title + (reason === null ? state : `${reason} ${state}`))
    }
    case 'credits': {
      const state = `The account has ${limit} USD of credits in all and has spent ${spent} USD.`
      return new GatewayError(
        'payment_required',
        reason === null ? `Insufficient credits. ${state} Add credits.` : `${reason} ${state}`,
        { limitSource: 'credits' },
      )
    }
    case 'request_budget':
      return new GatewayError(
        'payment_required',
        reason === null
          ? `This request may cost ${limit} USD, which is spent.`
          : `${reason} It may cost ${limit} USD in all, of which ${spent} USD are spent.`,
      )
  }
}

/** Makes the refusal on this node: while nothing can be leased, it is not the limit that is in the way. */
export function refusalFor(allowance: Allowance, lease: Lease, shortfall: Shortfall | null): GatewayError {
  const isWithOthers = leftFor(allowance, lease) < leftOf(allowance)
  return isWithOthers && lease.isCutOff ? cannotLease() : refusalOf(allowance, shortfall)
}

const keyLimitDetails: ErrorDetails = { limitSource: 'key_limit' }

const keyRefusal = (message: string): GatewayError =>
  new GatewayError('permission_denied', `${message} Raise its limit or use another key.`, keyLimitDetails)

const perPeriod = (reset: LimitReset | null): string => (reset === null ? '' : ` ${reset}`)

/** Makes the error that ends an answer for which no more can be held. */
export function cutOffBy(allowance: Allowance, tokens: number): GatewayError {
  const { kind, details } = refusalOf(allowance, null)
  const title =
    allowance.source === 'key_limit'
      ? `Key limit exceeded (${allowance.reset ?? 'total'} limit)`
      : allowance.source === 'credits'
        ? 'Insufficient credits'
        : 'The budget of this request is spent'
  return new GatewayError(
    kind,
    `${title}: the answer ends here, after about ${tokens} tokens, since no more of it can be paid.`,
    details,
  )
}

const later = { headers: { 'Retry-After': '10' } } as const

/** Makes the refusal of a request whose limits cannot be checked, because the database cannot be read. */
export const cannotRead = (): GatewayError =>
  new GatewayError(
    'provider_overloaded',
    'This gateway cannot read from its database what this key or account has spent. Its log says why. Send the request again later.',
    later,
  )

/** Makes the refusal of a call for which nothing is leased, while the database of the leases cannot be reached. */
const cannotLease = (): GatewayError =>
  new GatewayError(
    'provider_overloaded',
    'This gateway shares the limit of this key or account with others, and cannot reach the database from which each of them takes its part. Its log says why. Send the request again later.',
    later,
  )
