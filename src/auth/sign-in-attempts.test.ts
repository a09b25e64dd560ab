import { expect, test } from 'vitest'
import { SignInAttempts } from './sign-in-attempts.ts'

const clientAt = (index: number) => ({ client: `client-${index}`, proxy: null })

function failTenTimes(attempts: SignInAttempts, index: number): void {
  for (let count = 0; count < 10; count++) attempts.fail(clientAt(index))
}

test('the failures of a minute are forgotten after it', () => {
  let now = 0
  const attempts = new SignInAttempts({ now: () => now, monotonic: () => now })
  attempts.check(clientAt(0))
  failTenTimes(attempts, 0)
  now = 59_999
  expect(() => attempts.check(clientAt(0))).toThrow('Try again in 1 seconds')
  now = 60_000
  expect(() => attempts.check(clientAt(0))).not.toThrow()
})

test('of many clients, those that failed last are counted', () => {
  const attempts = new SignInAttempts({ now: () => 0, monotonic: () => 0 })
  attempts.check(clientAt(0))
  for (let index = 0; index < 20_000; index++) failTenTimes(attempts, index)
  expect(() => attempts.check(clientAt(0))).not.toThrow()
  expect(() => attempts.check(clientAt(9_999))).not.toThrow()
  expect(() => attempts.check(clientAt(10_000))).toThrow('too many failed attempts')
  expect(() => attempts.check(clientAt(19_999))).toThrow('too many failed attempts')
})
