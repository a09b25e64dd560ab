import { type ErrorKind, GatewayError, type Retry } from '../../canonical/errors.ts'
import { buildCatalog } from '../../catalog/build-catalog.ts'
import type { OfferedProvider } from '../../catalog/offered-provider.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { memoryState } from '../../storage/shared-state/memory-state.ts'
import type { Facts } from '../../storage/stores/shared-state.ts'
import type { Clock } from '../../util/clock.ts'
import type { RequestedReply, CallReport, CredentialReference } from '../candidate.ts'
import type { EndpointHealth } from '../endpoint-health.ts'
import { createEndpointHealth } from '../create-endpoint-health.ts'

/** A clock that moves only when a test moves it. */
export class FakeClock implements Clock {
  time: number

  constructor(time = 5_000_000) {
    this.time = time
  }

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }
}

const entry = {
  slug: 'acme/m1',
  endpoints: [{ provider: 'prov-a', model: 'm1', pricing: { prompt: 1, completion: 1 } }],
}
const provider: OfferedProvider = {
  slug: 'prov-a',
  name: 'Prov A',
  dataPolicy: { training: false, retention: 'none' },
  operations: ['chat'],
}
const { models } = buildCatalog({ entries: [entry], overrides: [], providers: [provider] })
const [endpoint] = models.get('acme/m1')?.endpoints ?? []
if (endpoint === undefined) throw new Error('The catalogue lost its only endpoint.')
/** An ordinary endpoint. */
export const template: Endpoint = endpoint

/** Makes references to so many credentials of a provider. Their ids are their positions. */
export const referencesTo = (provider: string, count = 1): readonly CredentialReference[] =>
  Array.from({ length: count }, (_, index) => ({ provider, id: String(index), owner: 'gateway' }))

/** The health of endpoints on a fake clock, and calls to them that end as the test says. */
export class WatchedEndpoints {
  readonly clock: FakeClock
  readonly health: EndpointHealth

  /** @param facts What other nodes tell. */
  constructor(facts: Facts = memoryState().facts, clock = new FakeClock()) {
    this.clock = clock
    this.health = createEndpointHealth({ clock, facts, outageWindowMs: 30_000, probeIntervalMs: 10_000 })
  }

  pass(ms: number): void {
    this.clock.time += ms
  }

  begin(id = 'one', credential = 0, requested: RequestedReply = { stream: true, maxTokens: undefined }): CallReport {
    const candidate = {
      endpoint: { ...template, id },
      credential: { provider: 'prov-a', id: String(credential), owner: 'gateway' },
    }
    return this.health.begin(candidate, requested)
  }

  /** Makes a whole call, which takes `ms`. */
  succeed({ id = 'one', credential = 0, ms = 1, completionTokens = 0 } = {}): void {
    const call = this.begin(id, credential)
    this.pass(ms)
    call.ended({ type: 'call-end', usage: { completionTokens } })
  }

  fail({ id = 'one', credential = 0, ms = 1, ...failure }: Partial<Call> & Partial<Failure> = {}): void {
    const call = this.begin(id, credential)
    this.pass(ms)
    call.ended(failed(failure))
  }

  get condition(): string | undefined {
    return this.health.state('one')?.condition
  }
}

interface Call {
  readonly id: string
  readonly credential: number
  readonly ms: number
}

interface Failure extends Retry {
  readonly kind: ErrorKind
}

export const succeeded = { type: 'call-end', usage: {} } as const

/** Makes the last event of a call that failed; by default because the upstream is overloaded. */
export const failed = ({ kind = 'provider_overloaded', scope = 'next-endpoint', afterMs }: Partial<Failure> = {}) =>
  ({ type: 'error', error: new GatewayError(kind), retry: { scope, afterMs } }) as const
