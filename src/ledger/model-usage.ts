import type { Happenings } from '../canonical/happening.ts'
import type { GenerationStore, ModelUsageRow } from '../storage/stores/generation-store.ts'
import type { Clock } from '../util/clock.ts'
import { startOfDay } from '../util/utc-periods.ts'

const dayMs = 86_400_000
const weekDays = 7

interface Use {
  requests: number
  /** Tokens by the beginning of the UTC day, for the last seven. */
  readonly tokens: Map<number, number>
}

/** How much each model is used: read from the store when somebody first asks, then followed. */
export class ModelUsage {
  readonly #generations: GenerationStore
  readonly #clock: Clock
  readonly #uses = new Map<string, Use>()
  #read: Promise<void> | null = null

  constructor(generations: GenerationStore, happenings: Happenings, clock: Clock) {
    this.#generations = generations
    this.#clock = clock
    happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { model, endpoint, createdAt, promptTokens, completionTokens } = happening.record
      // A name that no endpoint answered to is the caller's word alone.
      if (this.#read === null || endpoint === null) return
      const tokens = (promptTokens ?? 0) + (completionTokens ?? 0)
      this.#add({ model, day: startOfDay(createdAt), requests: 1, tokens })
    })
  }

  /** Resolves when the other methods know what is on record. */
  async ready(): Promise<void> {
    this.#read ??= this.#readStore()
    await this.#read
  }

  /** Requests to this model, ever; null where there were none. */
  requests(model: string): number | null {
    return this.#uses.get(model)?.requests ?? null
  }

  /** Tokens of this model, today and on the six UTC days before; null where there were none. */
  weeklyTokens(model: string): number | null {
    const since = this.#weekStart()
    let sum = 0
    for (const [day, tokens] of this.#uses.get(model)?.tokens ?? []) if (day >= since) sum += tokens
    return sum === 0 ? null : sum
  }

  async #readStore(): Promise<void> {
    try {
      for (const row of await this.#generations.usageByModel(this.#weekStart())) this.#add(row)
    } catch (error) {
      // A store that fails now may answer the next time.
      this.#read = null
      this.#uses.clear()
      throw error
    }
  }

  #add({ model, day, requests, tokens }: ModelUsageRow): void {
    const use = this.#uses.get(model) ?? { requests: 0, tokens: new Map() }
    this.#uses.set(model, use)
    use.requests += requests
    if (day === null) return
    use.tokens.set(day, (use.tokens.get(day) ?? 0) + tokens)
    if (use.tokens.size > weekDays) use.tokens.delete(Math.min(...use.tokens.keys()))
  }

  #weekStart(): number {
    return startOfDay(this.#clock.now()) - (weekDays - 1) * dayMs
  }
}
