import { parseBehaviourName, type BehaviourName } from './behaviour-name.ts'
import type { ReplySettings } from './reply-settings.ts'

/** Each name is parsed once. A client that sends new names without end only makes the cache start over. */
const mostNames = 1000

export interface BehaviourChoice {
  /** Chooses the behaviour for the next request with this model id, and counts the request where `first-<n>-…` needs the count. */
  choose(model: string): { readonly name: string; readonly settings: ReplySettings }
  /**
   * Overrides the behaviour that model ids name: for one model, or for all when `model` is null. A null `behaviour` removes the override.
   */
  override(model: string | null, behaviour: string | null): void
  /** Makes `first-<n>-…` count from zero again. */
  resetCounts(): void
}

/** Creates the choice of behaviours. In order of priority: the override of the model, the override of all models, the model id. */
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
      return { name, settings: behaviour.settings(behaviour.counts ? ordinal(key) : 0) }
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

/** A key that is no model id, because a model id is never empty. */
const allModels = ''

/** An override that is not possible. The message gives the reason. */
export class RefusedOverride extends Error {}
