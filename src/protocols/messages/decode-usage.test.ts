import { expect, test } from 'vitest'
import { decodeUsage } from './decode-usage.ts'

const hours = (count: number) => ({ cache_creation: { ephemeral_1h_input_tokens: count } })

test('what all iterations kept for an hour is counted as that, since it costs more', () => {
  const iterations = [
    { type: 'compaction', input_tokens: 1, cache_creation_input_tokens: 5, ...hours(5) },
    { type: 'message', input_tokens: 1, cache_creation_input_tokens: 10, ...hours(10) },
  ]
  const usage = { input_tokens: 1, cache_creation_input_tokens: 10, ...hours(10), iterations }
  expect(decodeUsage(usage)).toMatchObject({ promptTokens: 17, cacheWriteTokens: 15, cacheWrite1hTokens: 15 })
})

test('the whole counts where it is ahead of its iterations', () => {
  const usage = { output_tokens: 9, ...hours(7), iterations: [{ type: 'message', output_tokens: 4, ...hours(3) }] }
  expect(decodeUsage(usage)).toMatchObject({ completionTokens: 9, cacheWrite1hTokens: 7 })
})
