import type { Distribution } from './endpoint-health.ts'
import { SampleWindow } from './sample-window.ts'

const windowMinutes = 30
const freshMs = 1_000

/** The classes by requested tokens, each up to this many. Requests for more, and those without a limit, are two more classes. */
const classes = [16, 64, 256, 1_024, 4_096, 16_384]

/** The measured times of one class of requests. */
interface Class {
  readonly window: SampleWindow
  /** Computed at most once a second. */
  usual: Distribution | null
  usualUntil: number
}

/**
 * The times that whole replies take, by the tokens that were requested: the times of long answers must not make the router wait longer for
 * short ones. A class takes memory from its first reply on. Times are monotonic milliseconds.
 */
export class ReplyTimes {
  readonly #classes = new Map<number | undefined, Class>()

  /** Adds the time that a reply took. */
  add(maxTokens: number | undefined, ms: number, now: number): void {
    const key = classOf(maxTokens)
    const found = this.#classes.get(key) ?? { window: new SampleWindow(), usual: null, usualUntil: 0 }
    this.#classes.set(key, found)
    found.window.add(ms, now)
  }

  /** Returns the times of replies of the same class; null where there are none. */
  usual(maxTokens: number | undefined, now: number): Distribution | null {
    const found = this.#classes.get(classOf(maxTokens))
    if (found === undefined) return null
    if (now >= found.usualUntil) {
      found.usual = found.window.distribution(now, windowMinutes)
      found.usualUntil = now + freshMs
    }
    return found.usual
  }
}

const classOf = (maxTokens: number | undefined): number | undefined =>
  maxTokens === undefined ? undefined : (classes.find((most) => maxTokens <= most) ?? Infinity)
