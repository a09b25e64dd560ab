import type { Happenings } from '../canonical/happening.ts'
import type { Config } from '../config/config.ts'
import { SecretCipher } from '../secrets/secret-cipher.ts'
import { memoryState } from '../storage/shared-state/memory-state.ts'
import { openRedisState } from '../storage/shared-state/redis-state.ts'
import type { SharedState } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'
import { installationKeys } from './byok.ts'

/** Makes what this node shares with others. It begins with `start`, once everybody listens. */
export async function wireSharedState(dependencies: {
  readonly config: Config
  readonly node: string
  readonly clock: Clock
  readonly happenings: Happenings
  readonly opened: ClosingStack
}): Promise<SharedState> {
  const { config, node, clock, happenings, opened } = dependencies
  const url = config.storage.redisUrl
  if (url === null) return memoryState()
  const shared = await openRedisState({
    url,
    node,
    clock,
    cipher: new SecretCipher(installationKeys(config), 'shared-state'),
    onChange: (change) => happenings.publish({ type: 'sharing', change }),
  })
  opened.add(() => shared.close())
  return shared
}
