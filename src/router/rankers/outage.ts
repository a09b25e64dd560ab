import type { Contender, Ranker } from './ranker.ts'

/**
 * Who failed within the outage window, or asked to be left alone, goes behind the others, and is still called when they fail
 * (contract §6.2-16, §6.3). One that is due to be tried again stays, where it would be the first: that request is the probe.
 */
export const outage: Ranker = {
  name: 'outage',
  rank(pool) {
    if (pool.every(isFine)) return null
    const stable: Contender[] = []
    const limited: Contender[] = []
    const down: Contender[] = []
    for (const contender of pool) {
      const probes = contender.state?.condition === 'probe-due' && stable.length === 0
      if (isFine(contender) || (probes && !contender.limited)) stable.push(contender)
      else if (contender.state?.condition === 'stable' || contender.state === null) limited.push(contender)
      else down.push(contender)
    }
    return [...stable, ...limited, ...down]
  },
}

const isFine = ({ state, limited }: Contender): boolean => !limited && (state === null || state.condition === 'stable')
