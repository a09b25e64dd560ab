import type { Contender } from './rankers/ranker.ts'

type Rank = (contenders: readonly Contender[]) => readonly Contender[]

/**
 * Ranks contenders by section: the prioritized keys of the account, then the gateway's own credentials, then the fallback keys of the account
 * (contract §6.17). In a section the providers are ranked as usual, and the keys for one endpoint keep their own order.
 */
export function rankSections(pool: readonly Contender[], rank: Rank): readonly Contender[] {
  if (pool.every(({ own }) => own === undefined)) return rank(pool)
  const prioritized = pool.filter(({ own }) => own?.isFallback === false)
  const shared = pool.filter(({ own }) => own === undefined)
  const fallback = pool.filter(({ own }) => own?.isFallback === true)
  return [...rankKeys(prioritized, rank), ...rank(shared), ...rankKeys(fallback, rank)]
}

/** Ranks the first key for each endpoint, and puts the other keys for it behind that one. */
function rankKeys(contenders: readonly Contender[], rank: Rank): readonly Contender[] {
  const byEndpoint = Map.groupBy(contenders, ({ endpoint: { model, tag } }) => `${model}@${tag}`)
  const firsts = [...byEndpoint.values()].flatMap(([first]) => first ?? [])
  return rank(firsts).flatMap(({ endpoint: { model, tag } }) => byEndpoint.get(`${model}@${tag}`) ?? [])
}
