import type { FactValue, Facts, ReceivedFact, Topic } from '../stores/shared-state.ts'

type Deliver = (value: unknown, ageMs: number, node: string) => void

/** The listeners of each topic. Each value is read by its topic before a listener gets it. */
export class Subscriptions implements Pick<Facts, 'subscribe'> {
  readonly #listeners = new Map<string, Deliver[]>()

  subscribe<Fact extends FactValue>(
    { name, read }: Topic<Fact>,
    listener: (received: ReceivedFact<Fact>) => void,
  ): void {
    const deliver: Deliver = (value, ageMs, node) => {
      const fact = read(value)
      if (fact !== null) listener({ fact, ageMs, node })
    }
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), deliver])
  }

  /**
   * Gives a value of another node to the listeners of its topic. A topic without listeners is of another version. The error of a listener
   * that throws is reported as a process warning, and has no other effect.
   */
  deliver(topic: string, value: unknown, ageMs: number, node: string): void {
    for (const deliver of this.#listeners.get(topic) ?? []) {
      try {
        deliver(value, ageMs, node)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }
}
