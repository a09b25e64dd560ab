import type { Happenings, Reload } from '../canonical/happening.ts'
import { changedKeys, fixedKeys } from '../config/compare-configs.ts'
import type { Config } from '../config/config.ts'
import { inTurn } from '../util/in-turn.ts'
import { messageOf } from '../util/message-of.ts'
import type { Configured } from './configured.ts'

/** Loads the configuration that is to replace the one in use, or throws an error that says what is wrong, one problem on each line. */
export type LoadNext = (inUse: Config) => Config

/**
 * Makes the function that replaces the configuration while requests are served: as a whole, or not at all. One replacement follows the other.
 * The promise never rejects.
 */
export function createReload(dependencies: {
  readonly happenings: Happenings
  readonly inUse: () => Config
  /** @throws Error for a configuration that cannot be used. */
  readonly build: (config: Config) => Promise<Configured>
  /** Puts it in use. @throws Error where the gateway is stopping. */
  readonly use: (next: Configured) => void
}): (load: LoadNext) => Promise<Reload> {
  const { happenings, inUse, build, use } = dependencies
  const oneByOne = inTurn()

  async function reload(load: LoadNext): Promise<Reload> {
    try {
      const next = load(inUse())
      const problems = fixedKeys(inUse(), next)
      if (problems.length > 0) return { type: 'refused', problems }
      const changed = changedKeys(inUse(), next)
      if (changed.length === 0) return { type: 'unchanged' }
      use(await build(next))
      return { type: 'reloaded', file: next.file, changed }
    } catch (error) {
      return { type: 'refused', problems: messageOf(error).split('\n') }
    }
  }

  return (load) =>
    oneByOne(async () => {
      const outcome = await reload(load)
      happenings.publish({ type: 'configuration', reload: outcome })
      return outcome
    })
}
