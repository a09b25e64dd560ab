import type { Fault } from './fault.ts'
import { routingFaults } from './faults/routing-faults.ts'
import { streamFaults } from './faults/stream-faults.ts'
import { upstreamFaults } from './faults/upstream-faults.ts'

/** All faults, in the order in which they are played. `docs/chaos.md` is generated from this list. */
export const faults: readonly Fault[] = [...upstreamFaults, ...streamFaults, ...routingFaults]
