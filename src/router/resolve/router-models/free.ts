import { isFree } from '../../../catalog/is-free.ts'
import type { Model } from '../../../catalog/model.ts'
import { freeVariant } from '../free-variant.ts'
import { isCapable, neededCapabilities } from './capability.ts'
import { mostChosen, withoutSimulator, type RouterModel } from './router-model.ts'

/** Chooses any model that costs nothing and has the capabilities that the request needs, each with the same probability (contract §6.8). */
export const free: RouterModel = {
  strategy: 'free',
  choose(request, { pool, serves, chance, isSticky }) {
    const needed = neededCapabilities(request)
    const models = new Map<string, Model>()
    for (const model of pool) {
      const freeModel = model.endpoints.every(isFree) ? model : freeVariant(model)
      if (freeModel === null || !needed.every((capability) => isCapable(freeModel, capability))) continue
      if (serves(freeModel)) models.set(freeModel.slug, freeModel)
    }
    const eligible = withoutSimulator([...models.values()])
    const sticky = eligible.filter(isSticky)
    if (eligible.length > 0) {
      const others = drawn(
        eligible.filter((model) => !sticky.includes(model)),
        chance,
      )
      return { models: [...sticky, ...others].slice(0, mostChosen) }
    }
    return { code: 'no_endpoints', message: 'No free model here can serve the request.' }
  },
}

/** Draws some models in random order. Every order is equally likely. */
function drawn(models: readonly Model[], chance: () => number): readonly Model[] {
  const left = [...models]
  const chosen: Model[] = []
  while (chosen.length < mostChosen && left.length > 0) {
    chosen.push(...left.splice(Math.floor(chance() * left.length), 1))
  }
  return chosen
}
