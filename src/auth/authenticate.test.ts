import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StorageProcess } from '../../test/contract/storage-process.ts'
import { eventually } from '../../test/faults/eventually.ts'
import { GatewayError } from '../canonical/errors.ts'
import { noLimits } from '../canonical/principal.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { noOwner, type KeyRecord } from '../storage/stores/key-store.ts'
import { type Authenticator, createAuthenticator } from './authenticate.ts'
import type { BootstrapKey } from './bootstrap-key.ts'
import { requireInference } from './permissions.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-auth-'))
afterAll(() => rmSync(directory, { recursive: true }))

const now = Date.UTC(2026, 10, 20)
const none: readonly BootstrapKey[] = []
const devKey = `sk-or-v1-${'1234567890abcdef'.repeat(4)}`

const bootstrapKey = (given: Partial<BootstrapKey>): BootstrapKey => ({
  name: 'dev',
  key: devKey,
  account: 'default',
  ...noLimits,
  management: false,
  disabled: false,
  expiresAt: null,
  ...given,
})

const storedKey = (key: string, given: Partial<KeyRecord> = {}): KeyRecord => ({
  hash: hash('sha256', key, 'hex'),
  name: 'stored',
  label: 'sk-or-v1-sto...red',
  account: 'default',
  ...noLimits,
  management: false,
  disabled: false,
  expiresAt: null,
  createdAt: now - 1000,
  updatedAt: null,
  ...noOwner,
  ...given,
})

let files = 0
let url: string
let storage: Storage
let authenticator: Authenticator
let time: number

const start = async (...bootstrapKeys: readonly BootstrapKey[]): Promise<void> => {
  const clock = { now: () => time, monotonic: () => time }
  authenticator = await createAuthenticator({ bootstrapKeys: () => bootstrapKeys, keys: storage.keys, clock })
}

const refusal = (authorization: string | undefined): GatewayError => {
  try {
    authenticator.authenticate(authorization)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('it was accepted')
}

beforeEach(async () => {
  time = now
  url = `sqlite:${join(directory, `${++files}.db`)}`
  storage = await openStorage(url)
})
afterEach(async () => {
  authenticator.close()
  await storage.close()
})

describe('a known key', () => {
  test('from the configuration gives its principal', async () => {
    await start(bootstrapKey({ account: 'team-a', limit: 10.5, expiresAt: now + 1 }))
    expect(authenticator.authenticate(`Bearer ${devKey}`)).toEqual({
      keyHash: hash('sha256', devKey, 'hex'),
      keyName: 'dev',
      account: 'team-a',
      label: 'sk-or-v1-123...def',
      ...noLimits,
      limit: 10_500_000_000,
      creatorUserId: null,
      management: false,
      expiresAt: now + 1,
      createdAt: now,
    })
  })

  test('from the store gives its principal', async () => {
    await storage.keys.insert(storedKey('from-the-store', { limit: 5, account: 'team-b' }))
    await start(bootstrapKey({}))
    expect(authenticator.authenticate('Bearer from-the-store')).toMatchObject({ account: 'team-b', limit: 5 })
  })

  test.each([`bearer ${devKey}`, `BEARER ${devKey}`, `  Bearer   ${devKey}  `, `Bearer\t${devKey}`])(
    'is taken however the header is spaced: %j',
    async (authorization) => {
      await start(bootstrapKey({}))
      expect(authenticator.authenticate(authorization).keyName).toBe('dev')
    },
  )
})

describe('refused with 401', () => {
  test.each([undefined, '', '   '])('no header: %j', async (authorization) => {
    await start(bootstrapKey({}))
    expect(refusal(authorization)).toMatchObject({ status: 401, message: 'Missing Authentication header' })
  })

  test.each([
    'Bearer',
    'Bearer ',
    devKey,
    `Basic ${devKey}`,
    `Bearer${devKey}`,
    `Bearer ${devKey} ${devKey}`,
    `Bearer ${devKey}, Bearer x`,
    "Bearer ' OR '1'='1",
    `Bearer ${'x'.repeat(600)}`,
    `Bearer ${' '.repeat(100_000)}x`,
  ])('what is no bearer key', async (authorization) => {
    await start(bootstrapKey({}))
    const error = refusal(authorization)
    expect(error).toMatchObject({ status: 401, kind: 'authentication' })
    expect(error.message).toBe('The Authorization header is not usable. Send `Authorization: Bearer <API key>`.')
  })

  test('an unknown key, however much of it is shared with a known one', async () => {
    await start(bootstrapKey({ key: 'key-shared-prefix-20-aaaa' }), bootstrapKey({ key: 'key-shared-prefix-20-bbbb' }))
    expect(authenticator.authenticate('Bearer key-shared-prefix-20-aaaa').keyHash).not.toBe(
      authenticator.authenticate('Bearer key-shared-prefix-20-bbbb').keyHash,
    )
    const wrong = [
      'key-shared-prefix-20-aaab',
      'key-shared-prefix-20-aaa',
      'key-shared-prefix-20-aaaaa',
      'KEY-SHARED-PREFIX-20-AAAA',
    ]
    const hashed = hash('sha256', 'key-shared-prefix-20-aaaa', 'hex')
    for (const key of [...wrong, hashed, 'undefined', '__proto__', '*']) {
      expect(refusal(`Bearer ${key}`)).toMatchObject({
        status: 401,
        message: expect.stringMatching(/^User not found\./),
      })
    }
  })

  test('a disabled key, from either place', async () => {
    await storage.keys.insert(storedKey('stored-but-disabled', { disabled: true }))
    await start(bootstrapKey({ disabled: true }))
    for (const key of [devKey, 'stored-but-disabled']) {
      expect(refusal(`Bearer ${key}`)).toMatchObject({ status: 401, message: 'The API key is disabled.' })
    }
  })

  test('a key that is disabled in the configuration, whatever the store says', async () => {
    await storage.keys.insert(storedKey(devKey))
    await start(bootstrapKey({ disabled: true }))
    expect(refusal(`Bearer ${devKey}`).message).toContain('disabled')
  })

  test('a key from the moment it expires', async () => {
    await start(bootstrapKey({ expiresAt: now + 1000 }))
    time = now + 999
    expect(authenticator.authenticate(`Bearer ${devKey}`).keyName).toBe('dev')
    time = now + 1000
    expect(refusal(`Bearer ${devKey}`)).toMatchObject({
      status: 401,
      message: 'The API key expired at 2026-11-20T00:00:01.000Z.',
    })
  })

  test('and nothing of what was sent is in the error', async () => {
    await storage.keys.insert(storedKey('gone-secret', { expiresAt: 1 }))
    await start(bootstrapKey({ key: 'off-secret', disabled: true }))
    for (const sent of [
      'Bearer gone-secret',
      'Bearer off-secret',
      'Bearer other-secret',
      'Basic secret',
      'Bearer a secret',
    ]) {
      const error = refusal(sent)
      expect(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.details)}`).not.toContain('secret')
    }
  })
})

describe('a change of the store', () => {
  // Timers go off only where a test says that time passes.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  })
  afterEach(() => void vi.useRealTimers())

  const owner = (key: string): string | null => {
    try {
      return authenticator.authenticate(`Bearer ${key}`).keyName
    } catch {
      return null
    }
  }

  test('a key made by another process is accepted within 2 s', async () => {
    await start(bootstrapKey({}))
    const key = 'made-elsewhere'
    expect(refusal(`Bearer ${key}`).status).toBe(401)
    expect(await new StorageProcess('insert-key', url, JSON.stringify(storedKey(key))).ended()).toBe(0)
    vi.advanceTimersByTime(2_000)
    expect(await eventually(() => owner(key))).toBe('stored')
  })

  test('a key made by this process is accepted at once', async () => {
    await start(bootstrapKey({}))
    await storage.keys.insert(storedKey('made-here'))
    expect(await eventually(() => owner('made-here'))).toBe('stored')
  })

  test('that cannot be read is read again until it can', async () => {
    let failures = 0
    const keys = {
      ...storage.keys,
      list: () => (failures-- > 0 ? Promise.reject(new Error('disk I/O error')) : storage.keys.list()),
    }
    authenticator = await createAuthenticator({
      bootstrapKeys: () => none,
      keys,
      clock: { now: () => time, monotonic: () => time },
    })
    failures = 1
    await storage.keys.insert(storedKey('made-during-trouble'))
    expect(refusal('Bearer made-during-trouble').status).toBe(401)
    await nextTurn()
    vi.advanceTimersByTime(1_000)
    expect(await eventually(() => owner('made-during-trouble'))).toBe('stored')
  })

  test('ends with closing', async () => {
    await start(bootstrapKey({}))
    authenticator.close()
    await storage.keys.insert(storedKey('too-late'))
    // Whoever listened would have asked for the list before.
    await storage.keys.list()
    await nextTurn()
    expect(refusal('Bearer too-late').status).toBe(401)
    expect(authenticator.authenticate(`Bearer ${devKey}`).keyName).toBe('dev')
  })
})

test('a management key may not generate; another may', async () => {
  await start(bootstrapKey({ name: 'admin', key: 'admin-key', management: true }), bootstrapKey({}))
  const admin = authenticator.authenticate('Bearer admin-key')
  expect(() => requireInference(admin)).toThrow(expect.objectContaining({ kind: 'permission_denied', status: 403 }))
  expect(() => requireInference(authenticator.authenticate(`Bearer ${devKey}`))).not.toThrow()
})
