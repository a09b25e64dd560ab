import type { HostileInput } from './hostile-input.ts'
import { bodyInputs } from './inputs/bodies.ts'
import { destinationInputs } from './inputs/destinations.ts'
import { endlessStreamInputs } from './inputs/endless-streams.ts'
import { patternInputs } from './inputs/patterns.ts'
import { schemaInputs } from './inputs/schemas.ts'
import { upstreamReplyInputs } from './inputs/upstream-replies.ts'

/** All inputs. For a new subject, add a file in `inputs/` and a line here. */
export const hostileInputs: readonly HostileInput[] = [
  ...bodyInputs,
  ...schemaInputs,
  ...patternInputs,
  ...upstreamReplyInputs,
  ...endlessStreamInputs,
  ...destinationInputs,
]
