/** Waits until `find` finds something, with a limit that only a broken program meets. */
export async function eventually<T>(find: () => T | null | undefined | Promise<T | null | undefined>): Promise<T> {
  const limit = performance.now() + 10_000
  for (;;) {
    const found = await find()
    if (found !== null && found !== undefined) return found
    if (performance.now() > limit) throw new Error(`It did not happen within 10 s: ${find}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
