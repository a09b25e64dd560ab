import type { AttemptEntry, Seam } from './generation-context.ts'
import { usd } from './money.ts'
import type { PipelineStage } from './router-metadata.ts'

/** Describes which endpoint took over from which, how, and what each of them costs. Call it once the costs are settled. */
export function describeSeam(to: AttemptEntry, { method, after, from }: Seam): PipelineStage {
  return {
    type: 'stream_rescue',
    name: method,
    summary: `${from.providerName} broke off after ${after} characters; ${to.providerName} went on by ${method}.`,
    data: { after_characters: after, from: describePart(from), to: describePart(to) },
  }
}

const describePart = ({ providerName, model, endpoint, cost }: AttemptEntry) => ({
  provider: providerName,
  model,
  endpoint,
  cost_usd: usd(cost),
})
