/** The most label sets of one metric. What would be one more is counted under `other`, so that no client can make a page of any size. */
export const mostSeries = { counter: 1_000, gauge: 1_000, histogram: 200 } as const

/** What a metric is: its name and meaning, as they are published and documented. */
export interface MetricDescription {
  /** As in Prometheus: with the unit at its end, and `_total` for a counter. */
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

const separator = '\u0000'
const other = 'other'

/** The label sets of one metric, each with its value. */
export class LabelSets<Value> {
  readonly #most: number
  readonly #labels: number
  readonly #make: () => Value
  readonly #values = new Map<string, Value>()
  /** How many observations had no label set of their own, because there were too many. */
  overflows = 0

  constructor(labels: number, most: number, make: () => Value) {
    this.#labels = labels
    this.#most = most
    this.#make = make
  }

  /** Returns the value of a label set; where there are too many already, that of `other`. */
  of(labels: readonly string[]): Value {
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join(separator)
    return this.#values.get(key) ?? this.#add(key)
  }

  /** Sets the value of a label set. Where there are too many already, it is left out: values of several sets cannot be one. */
  set(labels: readonly string[], value: Value): void {
    const key = labels.join(separator)
    if (this.#values.size < this.#most || this.#values.has(key)) this.#values.set(key, value)
    else this.overflows += 1
  }

  clear(): void {
    this.#values.clear()
  }

  /** Yields each label set with its value. */
  *entries(): Generator<readonly [labels: readonly string[], value: Value], void, void> {
    for (const [key, value] of this.#values) yield [this.#labels === 0 ? [] : key.split(separator), value]
  }

  #add(key: string): Value {
    if (this.#values.size < this.#most) return this.#insert(key)
    this.overflows += 1
    const rest = Array.from({ length: this.#labels }, () => other).join(separator)
    return this.#values.get(rest) ?? this.#insert(rest)
  }

  #insert(key: string): Value {
    const value = this.#make()
    this.#values.set(key, value)
    return value
  }
}
