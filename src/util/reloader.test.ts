import { expect, test } from 'vitest'
import { reloader } from './reloader.ts'
import { sleep } from './sleep.ts'

test('of failed runs in a row the first is reported, and a later row is reported again', async () => {
  const warnings: string[] = []
  const onWarning = ({ message }: Error): void => void warnings.push(message)
  process.on('warning', onWarning)
  const closed = new AbortController()
  let runs = 0
  const succeeded = Promise.withResolvers<void>()
  const again = Promise.withResolvers<void>()
  const reload = reloader(async () => {
    runs += 1
    if (runs !== 3 && runs < 5) throw new Error(`the load fails: ${runs}`)
    if (runs === 3) succeeded.resolve()
    if (runs === 5) again.resolve()
  }, closed.signal)
  try {
    await reload()
    await succeeded.promise
    await reload()
    await again.promise
    await sleep(0, closed.signal)
    expect(warnings).toEqual(['the load fails: 1', 'the load fails: 4'])
  } finally {
    closed.abort()
    process.off('warning', onWarning)
  }
})
