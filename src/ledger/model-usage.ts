import type { Happenings } from '../canonical/happening.ts'
import type { ModelUsageRow, UsageStore } from '../storage/stores/usage-store.ts'
import type { Clock } from '../util/clock.ts'
import { startOfDay } from '../util/utc-periods.ts'
import type { Journal } from './journal/journal.ts'

const dayMs = 86_400_000
const weekDays = 7

/** The usage of one model. */
interface Use {
  requests: number
  /** The tokens of the last seven UTC days, by the beginning of the day. */
  readonly tokens: Map<number, number>
}

/** The usage of each model: read from the store when it is first needed, then kept up to date by what is settled. */
export class ModelUsage {
  readonly #usage: Pick<UsageStore, 'ofModels'>
  readonly #journal: Pick<Journal, 'emptied'>
  readonly #clock: Clock
  readonly #uses = new Map<string, Use>()
  #read: Promise<void> | null = null

  constructor(
    usage: Pick<UsageStore, 'ofModels'>,
    journal: Pick<Journal, 'emptied'>,
    happenings: Happenings,
    clock: Clock,
  ) {
    this.#usage = usage
    this.#journal = journal
    this.#clock = clock
    happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { model, endpoint, createdAt, promptTokens, completionTokens } = happening.record
      // Where no endpoint answered, the model is only a text of the caller.
      if (this.#read === null || endpoint === null) return
      const tokens = (promptTokens ?? 0) + (completionTokens ?? 0)
      this.#add({ model, day: startOfDay(createdAt), requests: 1, tokens })
    })
  }

  /** Resolves when everything on record has been read. Call it before the other methods. */
  async ready(): Promise<void> {
    this.#read ??= this.#readStore()
    await this.#read
  }

  /** Returns the number of all requests to this model; null where there were none. */
  requests(model: string): number | null {
    return this.#uses.get(model)?.requests ?? null
  }

  /** Returns the tokens of this model, today and on the six UTC days before; null where there were none. */
  weeklyTokens(model: string): number | null {
    const since = this.#weekStart()
    let sum = 0
    for (const [day, tokens] of this.#uses.get(model)?.tokens ?? []) if (day >= since) sum += tokens
    return sum === 0 ? null : sum
  }

  async #readStore(): Promise<void> {
    try {
      await this.#journal.emptied()
      for (const row of await this.#usage.ofModels(this.#weekStart())) this.#add(row)
    } catch (error) {
      // The next call tries again: the store may work then.
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
