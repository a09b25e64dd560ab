/** The most label sets of one metric. What would be one more is counted under `other`, so that no client can make a page of any size. */
export const mostSeries = { counter: 1_000, gauge: 1_000, histogram: 200 } as const

/** What a metric is: its name and meaning, as they are published and documented. */
export interface MetricDescription {
  /** As in Prometheus: with the unit at its end, and `_total` for a counter. */
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

const other = 'other'

/** The label sets that begin with the same labels. */
class Branch<Value> {
  readonly next = new Map<string, Branch<Value>>()
  value: Value | undefined
}

/** The label sets of one metric, each with its value. They are a tree, because a text of all labels would be made at each observation. */
export class LabelSets<Value> {
  readonly #most: number
  readonly #labels: number
  readonly #make: () => Value
  #root = new Branch<Value>()
  #size = 0
  /** How many observations had no label set of their own, because there were too many. */
  overflows = 0

  constructor(labels: number, most: number, make: () => Value) {
    this.#labels = labels
    this.#most = most
    this.#make = make
  }

  /** Returns the value of a label set; where there are too many already, that of `other`. */
  of(labels: readonly string[]): Value {
    return this.#find(labels) ?? this.#add(labels)
  }

  /** Sets the value of a label set. Where there are too many already, it is left out: values of several sets cannot be one. */
  set(labels: readonly string[], value: Value): void {
    if (this.#size < this.#most || this.#find(labels) !== undefined) this.#put(labels, value)
    else this.overflows += 1
  }

  clear(): void {
    this.#root = new Branch()
    this.#size = 0
  }

  /** Yields each label set with its value. */
  entries(): Iterable<readonly [labels: readonly string[], value: Value]> {
    return entriesOf(this.#root, [])
  }

  #find(labels: readonly string[]): Value | undefined {
    let branch: Branch<Value> | undefined = this.#root
    for (const label of labels) branch = branch?.next.get(label)
    return branch?.value
  }

  #add(labels: readonly string[]): Value {
    if (this.#size < this.#most) return this.#put(labels, this.#make())
    this.overflows += 1
    const rest = Array.from({ length: this.#labels }, () => other)
    return this.#find(rest) ?? this.#put(rest, this.#make())
  }

  #put(labels: readonly string[], value: Value): Value {
    let branch = this.#root
    for (const label of labels) {
      const next = branch.next.get(label) ?? new Branch<Value>()
      branch.next.set(label, next)
      branch = next
    }
    if (branch.value === undefined) this.#size += 1
    branch.value = value
    return value
  }
}

function* entriesOf<Value>(
  { next, value }: Branch<Value>,
  labels: readonly string[],
): Generator<readonly [labels: readonly string[], value: Value], void, void> {
  if (value !== undefined) yield [labels, value]
  for (const [label, branch] of next) yield* entriesOf(branch, [...labels, label])
}
