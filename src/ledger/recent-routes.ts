import type { GenerationContext, RouteTaken } from '../canonical/generation-context.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { PipelineStage } from '../canonical/router-metadata.ts'
import { RecencyMap } from '../util/recency-map.ts'

/** How a generation was routed. */
export interface RecentRoute extends Pick<RouteTaken, 'requested' | 'strategy' | 'considered' | 'exclusions'> {
  readonly pipeline: readonly PipelineStage[]
}

/** How many are kept. Most of an entry is shared with the catalogue. */
const most = 2_000

/**
 * How the latest generations of this process were routed. It is kept in memory alone: on record, it would take several times the room of the
 * generation itself.
 */
export class RecentRoutes {
  readonly #routes = new RecencyMap<string, RecentRoute>(most)

  constructor(happenings: Happenings) {
    happenings.subscribe((happening) => {
      if (happening.type === 'settled') this.#add(happening.context)
    })
  }

  /** Finds the route of a generation; null where it is not kept, or there was none. */
  find(generationId: string): RecentRoute | null {
    return this.#routes.get(generationId) ?? null
  }

  #add({ id, route, pipeline }: GenerationContext): void {
    if (route === null) return
    const { requested, strategy, considered, exclusions } = route
    this.#routes.set(id, { requested, strategy, considered, exclusions, pipeline })
  }
}
