/** A way to route that is played for an hour. */
export interface Policy {
  readonly name: string
  /** The request's `provider` object. */
  readonly provider: Readonly<Record<string, unknown>>
  readonly hedged: boolean
  /** Whether what was learned from earlier calls counts. */
  readonly remembers: boolean
}

const sorts = ['price', 'throughput', 'latency', 'exacto'] as const

const plain: readonly Policy[] = [
  { name: 'default', provider: {}, hedged: false, remembers: true },
  ...sorts.map((sort) => ({ name: `sort: ${sort}`, provider: { sort }, hedged: false, remembers: true })),
]

export const policies: readonly Policy[] = [
  {
    name: 'the cheapest provider alone',
    provider: { only: ['host-01'] },
    hedged: false,
    remembers: true,
  },
  { name: 'default, without memory', provider: {}, hedged: false, remembers: false },
  ...plain.flatMap((policy) => [policy, { ...policy, name: `${policy.name}, hedged`, hedged: true }]),
]
