import { nanoUsd } from '../../canonical/money.ts'
import { type JsonObject, numberOf } from '../../util/json.ts'
import type { OpenAiQuirks } from './quirks.ts'

/** More than a call can cost. A larger amount is no amount. */
const mostUsd = 1_000_000
const ticksPerUsd = 1e10

/**
 * Reads from a `usage` object what the provider charges for the call, in whole nano-USD. OpenRouter reports USD in `cost`
 * (https://openrouter.ai/docs/use-cases/usage-accounting), xAI ticks of 10⁻¹⁰ USD (https://docs.x.ai/developers/cost-tracking).
 */
export function decodeReportedCost(usage: JsonObject, field: OpenAiQuirks['reportedCost']): number | undefined {
  if (field === undefined) return undefined
  const amount = numberOf(usage[field])
  const usd = amount === undefined || field === 'cost' ? amount : amount / ticksPerUsd
  return usd === undefined || !(usd >= 0 && usd <= mostUsd) ? undefined : nanoUsd(usd)
}
