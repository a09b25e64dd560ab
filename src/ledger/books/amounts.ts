import type { AttemptRecord, GenerationRecord } from '../../canonical/generation-record.ts'

/** One amount of a generation, with its source. */
export interface Amount {
  /** `prompt`, `completion` and `other` are charged for the model, `tool` for a plugin or a server tool; `attempt` is the operator's loss; `byok` is what calls with the account's own keys cost at the list price. */
  readonly kind: 'prompt' | 'completion' | 'other' | 'tool' | 'attempt' | 'byok'
  readonly model: string
  readonly provider: string
  /** What did the work of a tool, such as `exa`; empty for other kinds. */
  readonly engine: string
  readonly unit: string
  /** Null where it was not counted. */
  readonly units: number | null
  /** Nano-USD. */
  readonly amount: number
  /** The party that pays the amount: the account, the operator, or the account directly to its own provider. */
  readonly borneBy: 'account' | 'operator' | 'account_directly'
  readonly provenance: string
}

/**
 * Lists the amounts of a generation. Those that the account pays sum to its cost; together with those that the operator bears, and without the
 * fees of tools, they sum to what its attempts cost.
 */
export function amountsOf(generation: GenerationRecord): readonly Amount[] {
  const { model, promptTokens, completionTokens, promptCost, completionCost, otherCost, costProvenance } = generation
  const shared = {
    model,
    provider: generation.provider ?? '',
    engine: '',
    borneBy: 'account',
    provenance: costProvenance,
  } as const
  const amounts: readonly Amount[] = [
    { ...shared, kind: 'prompt', unit: 'token', units: promptTokens, amount: promptCost },
    { ...shared, kind: 'completion', unit: 'token', units: completionTokens, amount: completionCost },
    { ...shared, kind: 'other', unit: '', units: null, amount: otherCost },
  ]
  return [
    ...amounts.filter(({ units, amount }) => units !== null || amount !== 0),
    ...generation.fees.map(({ source, engine, unit, units, amount }): Amount => ({
      ...shared,
      kind: 'tool',
      provider: source,
      engine,
      unit,
      units,
      amount,
      // The gateway counts what it does itself, and its prices are configured.
      provenance: 'derived',
    })),
    ...(generation.upstreamCost === 0
      ? []
      : [
          {
            ...shared,
            kind: 'byok',
            unit: '',
            units: null,
            amount: generation.upstreamCost,
            borneBy: 'account_directly',
          } as const,
        ]),
    ...lossesOf(generation),
  ]
}

/** Divides what the providers charge beyond what the account pays among the attempts that caused it, the least useful first. */
function lossesOf({
  attempts,
  promptCost,
  completionCost,
  otherCost,
  costProvenance,
}: GenerationRecord): readonly Amount[] {
  let rest = attempts.reduce((sum, { cost }) => sum + cost, -(promptCost + completionCost + otherCost))
  const losses: Amount[] = []
  for (const { model, provider, cost } of attempts.toSorted((one, other) => usefulness(one) - usefulness(other))) {
    const amount = Math.min(rest, cost)
    if (amount <= 0) continue
    rest -= amount
    const provenance = costProvenance === 'none' ? 'derived' : costProvenance
    losses.push({
      kind: 'attempt',
      model,
      provider,
      engine: '',
      unit: 'call',
      units: 1,
      amount,
      borneBy: 'operator',
      provenance,
    })
  }
  return losses
}

/** A call that gave no answer is lost whole; one that continued an answer read the prompt again (docs/billing.md). */
const usefulness = ({ status, kind }: AttemptRecord): number => (status !== 200 ? 0 : kind === 'rescue' ? 1 : 2)
