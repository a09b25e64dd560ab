/** A way to route, which is simulated for an hour. */
export interface Policy {
  readonly name: string
  /** The request's `provider` object. */
  readonly provider: Readonly<Record<string, unknown>>
  /** Whether every provider is configured with `hedge: {}`. */
  readonly hedged?: boolean
  /** Whether what was learned from earlier calls is forgotten at once. */
  readonly forgets?: boolean
  /** Whether no requests of other clients are routed at the same time. */
  readonly alone?: boolean
}

const sorts = ['price', 'throughput', 'latency', 'exacto'] as const

const usual: readonly Policy[] = [
  { name: 'default', provider: {} },
  ...sorts.map((sort) => ({ name: `\`sort: "${sort}"\``, provider: { sort } })),
]

export const policies: readonly Policy[] = [
  { name: 'the cheapest provider alone', provider: { only: ['host-01'] } },
  { name: 'default, if nothing were learned from calls', provider: {}, forgets: true },
  ...usual.flatMap((policy) => [policy, { ...policy, name: `${policy.name}, hedged`, hedged: true }]),
  { name: '`sort: "latency"`, with no other traffic', provider: { sort: 'latency' }, alone: true },
]
