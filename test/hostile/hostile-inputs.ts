import type { HostileInput } from './hostile-input.ts'
import { schemaInputs } from './inputs/schemas.ts'

/** All of them. A new subject is a file in `inputs/` and a line here. */
export const hostileInputs: readonly HostileInput[] = [...schemaInputs]
