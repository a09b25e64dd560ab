import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Releases the memory that was used to load and compile the program: about 30 MB of 130, which V8 would keep for later allocations. Blocks for
 * about 50 ms, so call it before the first request.
 */
export function compactMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/**
 * Has V8 collect the young generation on the main thread alone, from now on. What is alive in it is little, so that waking and joining other
 * threads costs more than the work that they take over (docs/decisions/0039-a-small-young-generation.md).
 */
export function collectOnOneThread(): void {
  setFlagsFromString('--no-parallel-scavenge')
}
