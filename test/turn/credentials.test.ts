import { expect, test } from 'vitest'
import { type ErrorKind, GatewayError } from '../../src/canonical/errors.ts'
import { buildCatalog } from '../../src/catalog/build-catalog.ts'
import { createEndpointHealth } from '../../src/health/create-endpoint-health.ts'
import { TokenCalibration } from '../../src/health/token-calibration.ts'
import type { Candidate, CredentialReference } from '../../src/health/candidate.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { offerProviders } from '../../src/offerings/offer-providers.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import { createRouter } from '../../src/router/create-router.ts'
import { Stickiness } from '../../src/router/stickiness.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { systemClock } from '../../src/util/clock.ts'

const entries = [
  { slug: 'acme/m1', endpoints: [{ provider: 'prov-a', model: 'm1', pricing: {} }] },
  { slug: 'acme/m2', endpoints: [{ provider: 'prov-b', model: 'm2', pricing: {} }] },
]

/** Returns the providers as they are offered with these keys in the configuration. */
const offersOf = (...apiKeys: readonly string[]) =>
  offerProviders(
    [],
    ['prov-a', 'prov-b'].map((slug) => ({ slug, baseUrl: 'http://127.0.0.1:1/v1', apiKeys })),
    {},
    { discovery: false, named: new Set() },
  )

type Offers = ReturnType<typeof offersOf>

const credentialsAt = (offers: Offers, provider: string) => {
  const offer = offers.find(({ slug }) => slug === provider)
  if (offer === undefined) throw new Error(`${provider} is not offered.`)
  return offer.credentials
}

/** What is known about credentials stays, whichever keys are offered. `also` are credentials of other owners. */
function knowing() {
  const health = createEndpointHealth({
    clock: systemClock,
    facts: memoryState().facts,
    outageWindowMs: 30_000,
    probeIntervalMs: 10_000,
  })
  const candidates = (offers: Offers, model = 'acme/m1', also: readonly CredentialReference[] = []) => {
    const catalog = buildCatalog({ entries, overrides: [], providers: offers })
    const router = createRouter({
      clock: systemClock,
      chance: () => 0,
      health,
      price: () => 0,
      catalog: () => catalog,
      credentials: (provider) => [...credentialsAt(offers, provider).map(({ reference }) => reference), ...also],
      ownKeys: () => null,
      defaultModel: null,
      adviceFor: () => null,
      routerModels: { auto: {}, codingScores: {} },
      mostCalls: 16,
      stickiness: new Stickiness({ clock: systemClock, ttlMs: 600_000, facts: memoryState().facts }),
      calibration: new TokenCalibration(),
    })
    const caller = { account: 'acme', keyHash: '' }
    const request = chatCompletionsClient.decodeRequest({ model, messages: [{ role: 'user', content: 'hi' }] }, {})
    return router.route(request, router.resolve(request, caller), caller).candidates
  }
  /** Returns the keys in the order in which they would be tried. */
  const order = (offers: Offers, model = 'acme/m1') =>
    candidates(offers, model).map(
      ({ credential: { provider, id } }) =>
        credentialsAt(offers, provider).find(({ reference }) => reference.id === id)?.apiKey,
    )
  const refuse = (candidate: Candidate | undefined, kind: ErrorKind = 'provider_unavailable') => {
    if (candidate === undefined) throw new Error('There is no such candidate.')
    const call = health.begin(candidate, { stream: true, maxTokens: undefined })
    call.ended({ type: 'error', error: new GatewayError(kind), retry: { scope: 'next-credential' } })
  }
  const isBenched = (endpoint: Endpoint, { id }: CredentialReference) => health.isBenched(endpoint.id, id)
  return { health, candidates, order, refuse, isBenched }
}

test('a refused key stays benched when the keys are put in another order, added or removed, and no other takes its place', () => {
  const { candidates, order, refuse } = knowing()
  expect(order(offersOf('key-1', 'key-2', 'key-3'))).toEqual(['key-1', 'key-2', 'key-3'])
  refuse(candidates(offersOf('key-1', 'key-2', 'key-3'))[1])
  expect(order(offersOf('key-1', 'key-2', 'key-3'))).toEqual(['key-1', 'key-3', 'key-2'])
  expect(order(offersOf('key-2', 'key-3', 'key-1'))).toEqual(['key-3', 'key-1', 'key-2'])
  expect(order(offersOf('key-3', 'key-2', 'key-1'))).toEqual(['key-3', 'key-1', 'key-2'])
  expect(order(offersOf('key-1', 'key-3'))).toEqual(['key-1', 'key-3'])
  expect(order(offersOf('key-0', 'key-1', 'key-2'))).toEqual(['key-0', 'key-1', 'key-2'])
  expect(order(offersOf('key-2', 'key-1', 'key-0'))).toEqual(['key-1', 'key-0', 'key-2'])
})

test('the same key at another provider is another credential, and a key that is given twice is one', () => {
  const { candidates, order, refuse } = knowing()
  refuse(candidates(offersOf('key-1', 'key-2'))[0])
  expect(order(offersOf('key-1', 'key-2'), 'acme/m1')).toEqual(['key-2', 'key-1'])
  expect(order(offersOf('key-1', 'key-2'), 'acme/m2')).toEqual(['key-1', 'key-2'])
  expect(order(offersOf('key-1', 'key-1', 'key-2'))).toEqual(['key-2', 'key-1'])
})

test('credentials of two owners at one provider are benched apart', () => {
  const { candidates, refuse, isBenched } = knowing()
  const offers = offersOf('key-1')
  const own = { provider: 'prov-a', id: 'of-acme', owner: 'acme' }
  const other = { provider: 'prov-a', id: 'of-corp', owner: 'corp' }
  const [ours, acmes, corps] = candidates(offers, 'acme/m1', [own, other])
  if (ours === undefined) throw new Error('Nothing is offered.')
  expect([ours, acmes, corps].map((candidate) => candidate?.credential.owner)).toEqual(['gateway', 'acme', 'corp'])
  const benched = () =>
    [ours.credential, own, other].filter((credential) => isBenched(ours.endpoint, credential)).map(({ owner }) => owner)
  refuse(acmes)
  expect(benched()).toEqual(['acme'])
  refuse(ours)
  expect(benched()).toEqual(['gateway', 'acme'])
})

test('what a provider refuses to the key of one account does not put the endpoint behind for the others', () => {
  const { health, candidates, refuse } = knowing()
  const own = { provider: 'prov-a', id: 'of-acme', owner: 'acme' }
  const [ours, acmes] = candidates(offersOf('key-1'), 'acme/m1', [own])
  const isLimited = () => (health.state('acme/m1@prov-a')?.limitedUntil ?? 0) > 0
  refuse(acmes, 'rate_limit_exceeded')
  refuse(acmes)
  expect(isLimited()).toBe(false)
  expect(health.state('acme/m1@prov-a')?.requests).toBe(0)
  refuse(ours, 'rate_limit_exceeded')
  expect(isLimited()).toBe(true)
})

test('the reference to a key contains no part of it', () => {
  const key = 'sk-canary-0123456789abcdef'
  for (const { credential } of knowing().candidates(offersOf(key))) {
    expect(Object.keys(credential).sort()).toEqual(['id', 'owner', 'provider'])
    const pieces = Array.from({ length: key.length - 5 }, (_, start) => key.slice(start, start + 6))
    expect(pieces.filter((piece) => JSON.stringify(credential).includes(piece))).toEqual([])
  }
})
