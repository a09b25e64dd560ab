import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { callerOf, eventsOf, scriptUpstream, stream } from './testing/scripted-upstream.ts'

/** Makes a call to an upstream that sends these frames, and a list that its reports are added to. */
async function reported(...frames: readonly string[]) {
  const upstream = await scriptUpstream((_, response) => stream(response, ...frames))
  const heard: string[] = []
  const report = {
    answered: () => void heard.push('answered'),
    ended: ({ type }: { readonly type: string }) => void heard.push(type),
    abandoned: (silentSince?: number) => void heard.push(silentSince === undefined ? 'abandoned' : 'silent'),
  }
  return { upstream, heard, call: callerOf({ baseUrl: upstream.url, watch: { begin: () => report } }) }
}

test.each([
  [
    ['a', 'b', '[DONE]'],
    ['answered', 'call-end'],
  ],
  [['[DONE]'], ['call-end']],
  [['[ERROR]'], ['error']],
  [
    ['a', '[ERROR]'],
    ['answered', 'error'],
  ],
])('a stream of %j is heard of as %j', async (frames, expected) => {
  const { heard, call } = await reported(...frames)
  await eventsOf(call())
  expect(heard).toEqual(expected)
})

test.each([
  ['before the answer', [], ['abandoned']],
  ['in the middle of it', ['a'], ['answered', 'abandoned']],
])('a call that is given up %s is abandoned, whatever it ends with', async (_, frames, expected) => {
  const { upstream, heard, call } = await reported(...frames)
  const controller = new AbortController()
  const events = eventsOf(call({ signal: controller.signal }))
  while (upstream.requests.length === 0 || heard.length < expected.length - 1) await nextTurn()
  controller.abort()
  expect((await events).at(-1)).toMatchObject({ type: 'error', retry: { scope: 'never' } })
  expect(heard).toEqual(expected)
})

test('so is one whose reader stops', async () => {
  const { heard, call } = await reported('a')
  const batches = call()
  await batches.next()
  await batches.return(undefined)
  expect(heard).toEqual(['answered', 'abandoned'])
})

test('so is one that was given up before it began', async () => {
  const { upstream, heard, call } = await reported('a')
  await eventsOf(call({ signal: AbortSignal.abort() }))
  expect(heard).toEqual(['abandoned'])
  expect(upstream.requests).toHaveLength(0)
})

test.each([
  ['before the answer is silent when that is overdue', [], 50, ['silent']],
  ['before it is overdue is not', [], 60_000, ['abandoned']],
  ['in the middle of it has its own time', ['a'], 50, ['answered', 'abandoned']],
] as const)('a call that is given up %s', async (_, frames, overdueMs, expected) => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { upstream, heard, call } = await reported(...frames)
  const controller = new AbortController()
  const patience = { answerMs: 60_000, overdueMs, commentsCount: true }
  const events = eventsOf(call({ signal: controller.signal, patience }))
  while (upstream.requests.length === 0 || heard.length < expected.length - 1) await nextTurn()
  vi.advanceTimersByTime(100)
  controller.abort()
  await events
  expect(heard).toEqual(expected)
})

test('an upstream that stops in the middle of its answer is silent when its reader gives up', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { heard, call } = await reported('a')
  const controller = new AbortController()
  const batches = call({ signal: controller.signal })
  await batches.next()
  const next = batches.next()
  vi.advanceTimersByTime(2_100)
  controller.abort()
  await next
  expect(heard).toEqual(['answered', 'silent'])
})

test('a reader who is away does not make the upstream silent', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { heard, call } = await reported('a')
  const batches = call()
  await batches.next()
  vi.advanceTimersByTime(10_000)
  await batches.return(undefined)
  expect(heard).toEqual(['answered', 'abandoned'])
})
