import { LabelSets, type MetricDescription, mostSeries } from './series.ts'

/** What a value was measured of: the trace and the generation, which a dashboard links to. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>
  /** Unix milliseconds. */
  readonly at: number
}

/** A metric of one of the three kinds that the gateway has. */
export type Metric = Counter | Gauge | Histogram

/** A sum that only grows. */
export class Counter {
  readonly type = 'counter'
  readonly description: MetricDescription
  readonly sets: LabelSets<{ value: number }>

  constructor(description: MetricDescription) {
    this.description = description
    this.sets = new LabelSets(description.labels.length, mostSeries.counter, () => ({ value: 0 }))
  }

  /** Adds to the sum of a label set. The values stand in the order of the labels. */
  add(amount: number, ...labels: readonly string[]): void {
    this.sets.of(labels).value += amount
  }
}

/** A value of the moment. All of them are read when the metrics are. */
export class Gauge {
  readonly type = 'gauge'
  readonly description: MetricDescription
  readonly sets: LabelSets<number>

  constructor(description: MetricDescription) {
    this.description = description
    this.sets = new LabelSets(description.labels.length, mostSeries.gauge, () => 0)
  }

  /** Sets the value of a label set. */
  set(value: number, ...labels: readonly string[]): void {
    this.sets.set(labels, value)
  }
}

/** The counts of one label set: of each bucket, without those below it, and of what is above all. */
export interface Buckets {
  readonly counts: number[]
  /** Of each bucket the newest, and the value that was measured there. */
  readonly exemplars: (Exemplar | undefined)[]
  readonly exemplarValues: number[]
  sum: number
}

/** How often values were in which range. */
export class Histogram {
  readonly type = 'histogram'
  readonly description: MetricDescription
  /** The upper bounds, ascending. */
  readonly bounds: readonly number[]
  readonly sets: LabelSets<Buckets>

  constructor(description: MetricDescription & { readonly bounds: readonly number[] }) {
    this.description = description
    this.bounds = description.bounds
    const size = this.bounds.length + 1
    this.sets = new LabelSets(description.labels.length, mostSeries.histogram, () => ({
      counts: Array.from({ length: size }, () => 0),
      exemplars: Array.from({ length: size }, () => undefined),
      exemplarValues: Array.from({ length: size }, () => 0),
      sum: 0,
    }))
  }

  /** Counts a value. Of each bucket the newest exemplar is kept. */
  observe(value: number, exemplar: Exemplar | null, ...labels: readonly string[]): void {
    const buckets = this.sets.of(labels)
    let index = 0
    while (index < this.bounds.length && value > (this.bounds[index] ?? 0)) index += 1
    buckets.counts[index] = (buckets.counts[index] ?? 0) + 1
    buckets.sum += value
    if (exemplar === null) return
    buckets.exemplars[index] = exemplar
    buckets.exemplarValues[index] = value
  }
}
