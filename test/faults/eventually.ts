import { setTimeout as after } from 'node:timers/promises'

/** Checks every 20 ms until there is a value. It gives up after half a minute, which only proves that nothing hangs. */
export async function eventually<Found>(
  find: () => Found | null | undefined | Promise<Found | null | undefined>,
): Promise<Found> {
  for (let looks = 0; looks < 1_500; looks++) {
    const found = await find()
    if (found !== null && found !== undefined) return found
    await after(20)
  }
  throw new Error(`It did not happen within half a minute: ${find}`)
}
