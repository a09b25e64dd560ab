import { RecencyMap } from '../util/recency-map.ts'

/** The weight of the newest answer in a figure: about the last sixteen answers count. */
const weight = 1 / 16
/** The most endpoints whose figures are kept. Those that answered longest ago are forgotten first. */
const mostEndpoints = 10_000

/** The measured figures of one endpoint, in tokens. */
interface Figures {
  /** The length of its answers. */
  readonly output: number
  /** How many tokens more it counts in a prompt than were estimated: instructions of the provider, tools, images. */
  readonly surplus: number
}

const unmeasured: Figures = { output: 0, surplus: 0 }

/** How long the answers of each endpoint usually are: running figures of what the endpoints reported. */
export class UsualOutput {
  readonly #figures = new RecencyMap<string, Figures>(mostEndpoints)

  /** Returns the usual length of an answer in tokens; null where none was measured. */
  tokens(endpoint: string): number | null {
    const figures = this.#figures.get(endpoint)
    return figures === undefined ? null : Math.ceil(figures.output)
  }

  /** Returns how many tokens more than estimated a prompt usually has. */
  surplus(endpoint: string): number {
    return Math.ceil(this.#figures.get(endpoint)?.surplus ?? 0)
  }

  /**
   * Adds an answer.
   * @param surplus How many tokens of its prompt were not in the estimate; null where no estimate was made.
   */
  observe(endpoint: string, output: number, surplus: number | null): void {
    const figures = this.#figures.get(endpoint) ?? { ...unmeasured, output }
    this.#figures.set(endpoint, {
      output: figures.output + weight * (output - figures.output),
      surplus: surplus === null ? figures.surplus : nextSurplus(figures.surplus, Math.max(0, surplus)),
    })
  }
}

/** A surplus counts in full at once: an amount that is held too low is spent beyond a limit. */
const nextSurplus = (known: number, seen: number): number => (known === 0 ? seen : known + weight * (seen - known))
