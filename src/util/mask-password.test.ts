import { expect, test } from 'vitest'
import { maskPassword } from './mask-password.ts'

test.each([
  ['sqlite:/var/lib/waygate.db', 'sqlite:/var/lib/waygate.db'],
  ['postgres://host/waygate', 'postgres://host/waygate'],
  ['postgres://me@host:5432/waygate', 'postgres://me@host:5432/waygate'],
  ['postgres://me:hunter2@host:5432/waygate', 'postgres://me:***@host:5432/waygate'],
  ['postgres://me:hunter2@host/waygate?password=hunter2', 'postgres://me:***@host/waygate?password=***'],
  ['postgres://me:hunter2@[::bad/waygate', '***'],
])('%s is shown as %s', (address, shown) => {
  expect(maskPassword(address)).toBe(shown)
})
