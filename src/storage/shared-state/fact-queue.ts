import type { FactValue } from '../stores/shared-state.ts'

/** A fact that is not sent yet. */
export interface QueuedFact {
  readonly topic: string
  readonly fact: FactValue
  /** Monotonic milliseconds. */
  readonly at: number
}

/** The facts that are not sent yet, oldest first. Where they cannot be sent, the oldest are dropped: newer ones are more useful. */
export class FactQueue {
  readonly #most: number
  #facts: QueuedFact[] = []
  #dropped = 0

  /** @param most The most facts that are kept. */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#facts.length
  }

  add(fact: QueuedFact): void {
    this.#facts.push(fact)
    // Half is dropped at once, so that a fact costs the same however long the server is unavailable.
    if (this.#facts.length > this.#most) this.drop(this.#facts.splice(0, Math.ceil(this.#most / 2)).length)
  }

  /** Takes the oldest facts. */
  take(most: number): readonly QueuedFact[] {
    return this.#facts.splice(0, most)
  }

  /** Counts facts that were taken and could not be sent. */
  drop(count: number): void {
    this.#dropped += count
  }

  /** Returns how many facts were dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }
}
