/**
 * The generations that are settled and whose request has not finished yet, for those who observe both together. A generation settles before
 * its request finishes, and every request finishes, so that there are no more of them than requests that are being answered. Whoever stops
 * observing clears it: it is not told of their end.
 */
export class SettledGenerations<Generation> {
  readonly #generations = new Map<string, Generation>()

  /** Keeps a generation until its request finishes. */
  note(id: string, generation: Generation): void {
    this.#generations.set(id, generation)
  }

  /** Finds a generation whose request has not finished. */
  find(id: string): Generation | undefined {
    return this.#generations.get(id)
  }

  /** Returns the generation of a request that finished, and keeps it no longer. */
  take({ generationId = '' }: { readonly generationId: string | undefined }): Generation | undefined {
    const generation = this.#generations.get(generationId)
    this.#generations.delete(generationId)
    return generation
  }

  /** Forgets all generations. */
  clear(): void {
    this.#generations.clear()
  }
}
