import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { search } from '../../util/pattern.ts'
import type { ReportedUsage } from '../reconcile/export-format.ts'

/** The usage of a model on a UTC day: as counted here, or there. What is not told is null. */
export interface DayUsage {
  promptTokens: number | null
  completionTokens: number | null
  /** Nano-USD. */
  cost: number | null
}

export interface ReconciledRow {
  readonly day: string
  readonly model: string
  readonly status: 'matched' | 'differing' | 'missing here' | 'missing there'
  readonly here: DayUsage | null
  readonly there: DayUsage | null
  /** By how much the counts and amounts here differ from those there: the largest of them, in per cent. */
  readonly errorPercent: number
}

/**
 * Adds up what was used of a provider, by UTC day and model. The cost is what the provider charges for its calls. The tokens are those of the
 * generations that it answered, since a generation has one count for all its calls.
 * @param upstreamModel Returns the provider's own name of the model of an endpoint; null where the endpoint is offered no more.
 */
export async function usageHere(
  pages: AsyncIterable<readonly GenerationRecord[]>,
  provider: string,
  upstreamModel: (endpoint: string) => string | null,
): Promise<ReadonlyMap<string, DayUsage>> {
  const usage = new Map<string, DayUsage>()
  for await (const page of pages) {
    for (const generation of page) {
      const day = new Date(generation.createdAt).toISOString().slice(0, 10)
      const nameOf = (endpoint: string, model: string): string => upstreamModel(endpoint) ?? withoutAuthor(model)
      for (const { endpoint, model, provider: called, cost } of generation.attempts) {
        if (called === provider && cost > 0) add(usage, day, nameOf(endpoint, model), { cost })
      }
      const { endpoint, model, promptTokens, completionTokens, isByok } = generation
      // A call with an account's own key is in the export of that account.
      if (isByok) continue
      if (endpoint === null || generation.provider !== provider || generation.responseCacheSourceId !== null) continue
      add(usage, day, nameOf(endpoint, model), {
        promptTokens: promptTokens ?? 0,
        completionTokens: completionTokens ?? 0,
        cost: 0,
      })
    }
  }
  return usage
}

/** Adds up what a provider reported, by UTC day and model. */
export function usageThere(reported: readonly ReportedUsage[]): ReadonlyMap<string, DayUsage> {
  const usage = new Map<string, DayUsage>()
  for (const { day, model, ...counted } of reported) add(usage, day, model, counted)
  return usage
}

/** Compares both sides, day by day. Only what both tell is compared. */
export function reconcile(
  here: ReadonlyMap<string, DayUsage>,
  there: ReadonlyMap<string, DayUsage>,
  tolerancePercent: number,
): readonly ReconciledRow[] {
  return [...new Set([...here.keys(), ...there.keys()])].toSorted().map((key) => {
    const [day = '', model = ''] = key.split(separator)
    const [mine = null, theirs = null] = [here.get(key), there.get(key)]
    const errorPercent = mine === null || theirs === null ? 100 : errorOf(mine, theirs)
    const status = mine === null ? 'missing here' : theirs === null ? 'missing there' : null
    const compared = errorPercent <= tolerancePercent ? 'matched' : 'differing'
    return { day, model, status: status ?? compared, here: mine, there: theirs, errorPercent }
  })
}

const separator = '\0'

function add(usage: Map<string, DayUsage>, day: string, model: string, counted: Partial<DayUsage>): void {
  const key = day + separator + comparableModel(model)
  const sum = usage.get(key) ?? { promptTokens: null, completionTokens: null, cost: null }
  usage.set(key, sum)
  for (const name of ['promptTokens', 'completionTokens', 'cost'] as const) {
    const more = counted[name] ?? null
    if (more !== null) sum[name] = (sum[name] ?? 0) + more
  }
}

function errorOf(here: DayUsage, there: DayUsage): number {
  const errors = (['promptTokens', 'completionTokens', 'cost'] as const).map((name) => {
    const [mine, theirs] = [here[name], there[name]]
    if (mine === null || theirs === null || mine === theirs) return 0
    return theirs === 0 ? 100 : (Math.abs(mine - theirs) / Math.abs(theirs)) * 100
  })
  return Math.max(...errors)
}

const version = /[-@]\d{4}-?\d{2}-?\d{2}(?=:|$)/

/**
 * Returns a name that is the same for all ways to write a model: reports name the version that an alias led to (`gpt-4o-2024-08-06`), and those of
 * the Console the display name (`Claude Haiku 4.5`).
 */
function comparableModel(model: string): string {
  const plain = model.trim().toLowerCase().replaceAll(' ', '-').replaceAll('.', '-')
  const found = search(version, plain)
  return found === null ? plain : plain.slice(0, found.index) + plain.slice(found.index + found[0].length)
}

const withoutAuthor = (model: string): string => model.slice(model.indexOf('/') + 1)
