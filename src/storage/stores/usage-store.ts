/** Sums over generations. Amounts are in nano-USD, durations in milliseconds. */
export interface UsageSums {
  readonly requests: number
  /** Requests that ended in an error. */
  readonly failures: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
  readonly cachedTokens: number
  readonly cost: number
  readonly promptCost: number
  readonly completionCost: number
  readonly otherCost: number
  readonly toolCost: number
  /** What calls with keys that accounts brought for providers cost at the list price. It is no part of `cost`. */
  readonly byokCost: number
  /** The sum of the times to the first content, of the `latencyRequests` that have one. */
  readonly latency: number
  readonly latencyRequests: number
  readonly generationTime: number
  /** The Unix millisecond of the last generation. */
  readonly lastUsedAt: number
}

/** What was spent in a period, in nano-USD. `byokCost` is no part of `cost`. */
export interface Spending {
  readonly cost: number
  readonly byokCost: number
}

/** What a key has spent. The periods are those of now, in UTC. */
export interface KeyUsage {
  readonly total: Spending
  readonly daily: Spending
  readonly weekly: Spending
  readonly monthly: Spending
  /** The Unix millisecond of the last generation; null where there was none. */
  readonly lastUsedAt: number | null
}

/** An account in a period of time, in Unix milliseconds; `until` is not a part of it. */
export interface AccountPeriod {
  readonly account: string
  readonly since: number
  readonly until: number
}

/** The usage of one endpoint on one day. Where no endpoint answered, `endpoint` and `provider` are empty. */
export interface ActivityRow extends UsageSums {
  /** The Unix millisecond at which the UTC day begins. */
  readonly day: number
  readonly model: string
  readonly endpoint: string
  readonly provider: string
}

/** What the usage of an hour can be told apart by. */
export type UsageDimension = 'keyHash' | 'model' | 'provider' | 'app' | 'externalUser'

/** The usage of one model on one day. */
export interface ModelUsageRow {
  readonly model: string
  /** The Unix millisecond at which the UTC day begins; null for the sum of all days before those that were asked for. */
  readonly day: number | null
  readonly requests: number
  /** The tokens of prompt and completion. */
  readonly tokens: number
}

/**
 * The sums of all generations that were written, also of those that were deleted since. They are kept while generations are written, so that
 * no query reads generations.
 */
export interface UsageStore {
  /**
   * Returns what a key has spent since a UTC day began, in nano-USD.
   * @param since The Unix millisecond at which a UTC day begins; 0 for everything.
   * @param except The ids of at most 500 generations that are counted elsewhere, whether they are written or not.
   * @param until The Unix millisecond at which the UTC day begins that is not counted any more; Infinity where there is none.
   */
  spent(keyHash: string, since: number, except?: readonly string[], until?: number): Promise<number>
  /** Returns the same for all keys of an account. */
  spentByAccount(account: string, since: number, except?: readonly string[], until?: number): Promise<number>
  /** Returns what calls of a key with keys that its account brought for providers cost at the list price, as `spent` does. */
  byokSpent(keyHash: string, since: number, except?: readonly string[], until?: number): Promise<number>
  /** Returns the same for all keys of an account. */
  byokSpentByAccount(account: string, since: number, except?: readonly string[], until?: number): Promise<number>
  /** Returns what keys have spent in all and in the periods of `now`. Has an entry for each key. */
  ofKeys(keyHashes: readonly string[], now: number): Promise<ReadonlyMap<string, KeyUsage>>
  /** Adds up the days of a period by model. The model is empty for requests for which no call was made. */
  byModel(period: AccountPeriod): Promise<readonly (UsageSums & { readonly model: string })[]>
  /** Adds up the days of a period by key. */
  byKey(period: AccountPeriod): Promise<readonly (UsageSums & { readonly keyHash: string })[]>
  /** Lists the usage of endpoints by day, newest day first, of all keys or of one. */
  activity(period: AccountPeriod, keyHash?: string): Promise<readonly ActivityRow[]>
  /** Adds up the usage of each hour of a period, by a dimension. */
  byHour(
    period: AccountPeriod,
    dimension: UsageDimension,
  ): Promise<readonly (UsageSums & { readonly hour: number; readonly name: string })[]>
  /** Adds up the usage of each model in requests that an endpoint served, of all accounts, by UTC day from a day on. */
  ofModels(since: number): Promise<readonly ModelUsageRow[]>
}
