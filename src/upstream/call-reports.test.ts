import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { callerOf, eventsOf, scriptUpstream, stream } from './testing/scripted-upstream.ts'

/** A call to an upstream that sends these frames, and what is heard of it. */
async function reported(...frames: readonly string[]) {
  const upstream = await scriptUpstream((_, response) => stream(response, ...frames))
  const heard: string[] = []
  const report = {
    answered: () => void heard.push('answered'),
    ended: ({ type }: { readonly type: string }) => void heard.push(type),
    abandoned: () => void heard.push('abandoned'),
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
  while (upstream.requests.length === 0) await sleep(5)
  await sleep(50)
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
