import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

export const megabyte = 1_048_576

/** Returns the memory that this process still holds after garbage collection. */
export async function heldMemory(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect()
    await turn()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
