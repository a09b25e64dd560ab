import { parseBehaviourName, type BehaviourName } from './behaviour-name.ts'
import type { Conduct } from './conduct.ts'

/** Names are parsed once; a caller that invents new ones without end starts the cache over. */
const mostNames = 1000

export interface BehaviourChoice {
  /** The behaviour for the next request with this model id. Counts it, where `first-<n>-…` asks for that. */
  choose(model: string): { readonly name: string; readonly conduct: Conduct }
  /** Overrides what model ids say: for one model, or for all (`model` null). `behaviour` null takes the override back. */
  override(model: string | null, behaviour: string | null): void
  /** `first-<n>-…` starts anew. */
  resetCounts(): void
}

/** Who decides, strongest first: the override of the model, the override of all, the model id. */
export function behaviourChoice(): BehaviourChoice {
  const parsed = new Map<string, BehaviourName>()
  const counts = new Map<string, number>()
  const overrides = new Map<string, string>()
  let overrideOfAll: string | null = null

  function parse(name: string): BehaviourName {
    const known = parsed.get(name)
    if (known !== undefined) return known
    const fresh = parseBehaviourName(name)
    if (parsed.size >= mostNames) parsed.clear()
    parsed.set(name, fresh)
    return fresh
  }

  function ordinal(key: string): number {
    const count = counts.get(key) ?? 0
    if (counts.size >= mostNames && count === 0) counts.clear()
    counts.set(key, count + 1)
    return count
  }

  return {
    choose(model) {
      const ofModel = overrides.get(model)
      const name = ofModel ?? overrideOfAll ?? model
      const behaviour = parse(name)
      const key = ofModel === undefined && overrideOfAll !== null ? allModels : model
      return { name, conduct: behaviour.conduct(behaviour.counts ? ordinal(key) : 0) }
    },
    override(model, behaviour) {
      const [unknown] = behaviour === null ? [] : parse(behaviour).unknown
      if (unknown !== undefined) {
        const known = 'docs/simulator.md lists them; "+" joins several.'
        throw new RefusedOverride(`"${unknown}" is no behaviour of the simulator. ${known}`)
      }
      if (model !== null && behaviour !== null && !overrides.has(model) && overrides.size >= mostNames) {
        throw new RefusedOverride(`${mostNames} models have a behaviour of their own. Take back one with null first.`)
      }
      counts.delete(model ?? allModels)
      if (model === null) overrideOfAll = behaviour
      else if (behaviour === null) overrides.delete(model)
      else overrides.set(model, behaviour)
    },
    resetCounts: () => counts.clear(),
  }
}

/** No model id: ids of models are not empty. */
const allModels = ''

/** An override that cannot be; the message says why. */
export class RefusedOverride extends Error {}
