import type { Target } from './exchange.ts'
import type { Figures, LoadGenerator } from './processes.ts'
import type { RunningSubject } from './start-subject.ts'
import type { Subject } from './subjects.ts'

/** A question that is put to every subject in turn, round after round. */
export interface Measure {
  readonly name: string
  /** The rows of the table; the keys are those of what `sample` returns. */
  readonly rows: readonly Row[]
  /** Whether a first round of each subject is thrown away. */
  readonly warmUp: boolean
  sample(subject: Subject, bench: Bench): Promise<Figures>
}

export interface Row {
  readonly key: string
  readonly label: string
  readonly unit: 'µs' | 'ms' | 's' | 'kB' | 'MB' | '/s' | '×'
  /** A difference of two noisy figures: a ratio of such would say nothing. */
  readonly absolute?: true
  /** What Waygate is to reach: a ratio to the bare proxy, or a value in the row's unit. */
  readonly target?: { readonly ratio: number } | { readonly value: number }
}

/** What a measure works with. */
export interface Bench {
  readonly load: LoadGenerator
  /** A second load generator, for what is asked while the first is at work. */
  readonly probe: LoadGenerator
  /** The fake provider, asked without a gateway between. */
  readonly direct: Target
  /** How long one load lasts. */
  readonly seconds: number
  /** How long one load of a warm-up lasts. */
  readonly warmUpSeconds: number
  /** The subject as it runs for the whole bench. */
  running(subject: Subject): Promise<RunningSubject>
  /** Another process of the subject, ended when `work` is. */
  fresh<T>(subject: Subject, work: (subject: RunningSubject) => Promise<T>): Promise<T>
}
