import { arrayOf, type JsonObject, objectOf } from '../../util/json.ts'

const mostQueries = 1_000

/**
 * The searches of one answer. A stream may name its queries again in later chunks. Google bills each query; before Gemini 3, an answer that
 * rests on searches is billed once.
 * Source: https://ai.google.dev/gemini-api/docs/google-search#pricing
 */
export class SearchCount {
  readonly #isBilledOnce: boolean
  readonly #queries = new Set<unknown>()

  constructor(isBilledOnce: boolean) {
    this.#isBilledOnce = isBilledOnce
  }

  add(candidate: JsonObject): void {
    for (const query of arrayOf(objectOf(candidate['groundingMetadata'])?.['webSearchQueries'])) {
      if (this.#queries.size < mostQueries) this.#queries.add(query)
    }
  }

  get billed(): number | undefined {
    const { size } = this.#queries
    return size === 0 ? undefined : this.#isBilledOnce ? 1 : size
  }
}
