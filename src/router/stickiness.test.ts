import { expect, test } from 'vitest'
import type { Usage } from '../canonical/usage.ts'
import { buildCatalog } from '../catalog/build-catalog.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { Subscriptions } from '../storage/shared-state/subscriptions.ts'
import { type Session, sessionOf, Stickiness } from './stickiness.ts'
import { memoryState } from '../storage/shared-state/memory-state.ts'

const pricing = { prompt: 2, completion: 2, inputCacheRead: 1 }
const endpoint: Endpoint | undefined = buildCatalog({
  entries: [{ slug: 'acme/m1', endpoints: [{ provider: 'prov-a', model: 'm1', pricing }] }],
  overrides: [],
  providers: [{ slug: 'prov-a', name: 'A', dataPolicy: { training: false, retention: 'none' }, operations: ['chat'] }],
}).models.get('acme/m1')?.endpoints[0]
const cached: Usage = { cachedTokens: 1 }

function session(body: object, account = 'default', model = 'acme/m1'): Session {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], ...body }, {})
  const found = sessionOf(request, account, model)
  if (found === null) throw new Error('A chat has a session.')
  return found
}

function sticky() {
  let now = 0
  const stickiness = new Stickiness({
    clock: { now: () => 0, monotonic: () => now },
    ttlMs: 1000,
    facts: memoryState().facts,
  })
  return {
    stickiness,
    serve(one: Session, at: number) {
      now = at
      if (endpoint === undefined) throw new Error('The catalogue has the endpoint.')
      stickiness.served(one, endpoint, cached)
    },
  }
}

test('a session is known by a hash, however long its name', () => {
  const long = 'x'.repeat(1000)
  const messages = [{ role: 'user', content: 'x'.repeat(100_000) }]
  const sessions = [
    session({ prompt_cache_key: long }),
    session({ prompt_cache_key: 'x' }),
    session({ prompt_cache_key: `${long}y` }),
    session({ session_id: 'x' }),
    session({ session_id: 'x' }, 'other'),
    session({ session_id: 'x' }, 'default', 'acme/m2'),
    session({ messages }),
    session({}),
  ]
  expect(new Set(sessions.map(({ key }) => key)).size).toBe(sessions.length)
  for (const { key } of sessions) expect(key).toHaveLength(44)
  expect(session({ prompt_cache_key: long })).toEqual(sessions[0])
})

test('sessions that ran out are forgotten', () => {
  const { stickiness, serve } = sticky()
  for (let index = 0; index < 100; index++) serve(session({ session_id: `s${index}` }), index)
  serve(session({ session_id: 's0' }), 500)
  expect(stickiness.size).toBe(100)
  serve(session({ session_id: 'new' }), 1050)
  // s1 to s50 have run out; s0 was served again.
  expect(stickiness.size).toBe(51)
  expect(stickiness.find(session({ session_id: 's0' }))).not.toBeNull()
  expect(stickiness.find(session({ session_id: 's50' }))).toBeNull()
  expect(stickiness.find(session({ session_id: 's51' }))).not.toBeNull()
})

test('a session is where it was served last, at whatever node; nothing else that is told moves it', () => {
  let now = 10_000
  const subscriptions = new Subscriptions()
  const clock = { now: () => 0, monotonic: () => now }
  const facts = { publish() {}, subscribe: subscriptions.subscribe.bind(subscriptions) }
  const stickiness = new Stickiness({ clock, ttlMs: 1000, facts })
  const one = session({ session_id: 'x' })
  const hear = (fact: unknown, ageMs = 0) => subscriptions.deliver('session-served', fact, ageMs, 'n')
  hear({ key: one.key, endpoint: 'there' }, 400)
  expect(stickiness.find(one)).toBe('there')
  now += 599
  expect(stickiness.find(one)).toBe('there')
  now += 1
  expect(stickiness.find(one)).toBeNull()
  if (endpoint === undefined) throw new Error('The catalogue has the endpoint.')
  stickiness.served(one, endpoint, cached)
  hear({ key: one.key, endpoint: 'there before' }, 1)
  expect(stickiness.find(one)).toBe(endpoint.id)
  const wrong = [null, 'x', {}, { key: one.key }, { key: 'x'.repeat(45), endpoint: 'e' }]
  for (const fact of [...wrong, { key: one.key, endpoint: 'x'.repeat(513) }, { key: one.key, endpoint: 5 }]) hear(fact)
  expect(stickiness.find(one)).toBe(endpoint.id)
  expect(stickiness.size).toBe(1)
})
