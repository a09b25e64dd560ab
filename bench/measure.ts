import type { Target } from './exchange.ts'
import type { Figures, LoadGenerator } from './processes.ts'
import type { RunningSubject } from './start-subject.ts'
import type { Subject } from './subjects.ts'

/** A measurement of every subject in turn, in several rounds. */
export interface Measure {
  readonly name: string
  /** The rows of the table. Their keys are those of the result of `sample`. */
  readonly rows: readonly Row[]
  /** Whether the first round of each subject is discarded. */
  readonly warmUp: boolean
  sample(subject: Subject, bench: Bench): Promise<Figures>
}

export interface Row {
  readonly key: string
  readonly label: string
  readonly unit: 'µs' | 'ms' | 's' | 'kB' | 'MB' | '/s' | '×'
  /** Set for a difference of two noisy figures, of which a ratio would mean nothing. */
  readonly absolute?: true
  /** The target for Waygate: a ratio to the bare proxy, or in the row's unit what it may have above the bare proxy, or a value. */
  readonly target?: { readonly ratio: number } | { readonly above: number } | { readonly value: number }
}

/** The environment that a measure works with. */
export interface Bench {
  readonly load: LoadGenerator
  /** A second load generator, which sends requests while the first one is at work. */
  readonly probe: LoadGenerator
  /** The fake provider, without a gateway in between. */
  readonly direct: Target
  /** The duration of one load. */
  readonly seconds: number
  /** The duration of one load of a warm-up. */
  readonly warmUpSeconds: number
  /** Returns the process of the subject that runs for the whole bench. */
  running(subject: Subject): Promise<RunningSubject>
  /** Starts another process of the subject, and ends it when `work` has ended. */
  fresh<T>(subject: Subject, work: (subject: RunningSubject) => Promise<T>): Promise<T>
}
