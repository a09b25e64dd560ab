import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noLimits } from '../canonical/principal.ts'
import { openStorage } from '../storage/open-storage.ts'
import { noOwner } from '../storage/stores/key-store.ts'
import { systemClock as clock } from '../util/clock.ts'
import { AccountKeys } from './account-keys.ts'
import { createAuthenticator } from './authenticate.ts'

const none: readonly never[] = []

test('a change counts when it resolves, however slowly the keys are read', async () => {
  const storage = await openStorage('sqlite::memory:')
  const slow = { ...storage.keys, list: () => pause(50).then(() => storage.keys.list()) }
  const authenticator = await createAuthenticator({ bootstrapKeys: () => none, keys: slow, clock })
  const accountKeys = new AccountKeys({ authenticator, keys: slow, clock })
  const given = { name: 'ours', expiresAt: null, ...noLimits, ...noOwner }
  const { key, record } = await accountKeys.create('default', given)
  const use = () => authenticator.authenticate(`Bearer ${key}`)
  expect(use().keyName).toBe('ours')
  await accountKeys.update('default', record.hash, { disabled: true })
  expect(use).toThrow('disabled')
  await accountKeys.update('default', record.hash, { disabled: false })
  expect(use().keyName).toBe('ours')
  await accountKeys.delete('default', record.hash)
  expect(use).toThrow('not one of this gateway')
  authenticator.close()
  await storage.close()
})
