import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Waits until a value has not changed for many turns of the event loop, because two ends of a socket in one process take a few turns to
 * react.
 */
export async function standstill<Value extends string | number>(look: () => Value): Promise<Value> {
  let last = look()
  for (let still = 0; still < 500; still++) {
    await nextTurn()
    if (look() !== last) still = 0
    last = look()
  }
  return last
}
