import { expect, test } from 'vitest'
import { noLimits, type Principal } from '../canonical/principal.ts'
import { sessionMs, Sessions } from './sessions.ts'

const admin: Principal = {
  keyHash: 'hash',
  keyName: 'admin',
  account: 'team-a',
  label: 'sk-...',
  ...noLimits,
  management: true,
  expiresAt: null,
  createdAt: 1,
}

function start(principal: Principal | null = admin) {
  const time = { now: 1_000_000 }
  const keys = { principal }
  const clock = { now: () => time.now, monotonic: () => time.now }
  return { time, keys, sessions: new Sessions({ find: () => keys.principal }, clock) }
}

test('a session is that of its key, and each has an id of its own', () => {
  const { sessions } = start()
  const [one, other] = [sessions.begin('hash'), sessions.begin('hash')]
  expect(one).not.toBe(other)
  expect(sessions.find(one)?.principal).toBe(admin)
  sessions.end(one)
  expect(sessions.find(one)).toBeNull()
  expect(sessions.find(other)?.principal).toBe(admin)
  expect(sessions.find('')).toBeNull()
})

test('ends after its time without a use, and each use begins that time anew', () => {
  const { time, sessions } = start()
  const id = sessions.begin('hash')
  time.now += sessionMs.idle - 1
  expect(sessions.find(id)).not.toBeNull()
  time.now += sessionMs.idle - 1
  // A look at it is no use.
  expect(sessions.peek(id)).not.toBeNull()
  time.now += 1
  expect(sessions.find(id)).toBeNull()
})

test('ends after its longest time, however it is used', () => {
  const { time, sessions } = start()
  const id = sessions.begin(null)
  const begun = time.now
  while (time.now + sessionMs.idle - 1 < begun + sessionMs.longest) {
    time.now += sessionMs.idle - 1
    expect(sessions.find(id)).toMatchObject({ principal: { account: 'default', management: true } })
  }
  time.now = begun + sessionMs.longest
  expect(sessions.find(id)).toBeNull()
})

test('ends for ever when its key is refused, or administers no more', () => {
  for (const refused of [null, { ...admin, management: false }]) {
    const { keys, sessions } = start()
    const id = sessions.begin('hash')
    keys.principal = refused
    expect(sessions.find(id)).toBeNull()
    keys.principal = admin
    expect(sessions.find(id)).toBeNull()
  }
})

test('of too many sessions of a key, the one that was used longest ago ends', () => {
  const { sessions } = start()
  const [first, second] = [sessions.begin('hash'), sessions.begin('hash')]
  for (let count = 2; count < 50; count++) sessions.begin('hash')
  sessions.find(first)
  sessions.begin('hash')
  expect(sessions.find(second)).toBeNull()
  expect(sessions.find(first)).not.toBeNull()
})

test('a key that begins many sessions ends none of another key', () => {
  const { sessions } = start()
  const [linked, other] = [sessions.begin(null), sessions.begin('other')]
  for (let count = 0; count < 2_000; count++) sessions.begin('hash')
  expect(sessions.find(linked)).not.toBeNull()
  expect(sessions.find(other)).not.toBeNull()
})

test('of too many sessions of all keys, the one that was used longest ago ends', () => {
  const { sessions } = start()
  const [first, second] = [sessions.begin('first'), sessions.begin('second')]
  for (let count = 2; count < 1_000; count++) sessions.begin(`key ${count}`)
  sessions.find(first)
  sessions.begin('hash')
  expect(sessions.find(second)).toBeNull()
  expect(sessions.find(first)).not.toBeNull()
})
