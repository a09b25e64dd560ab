import { expect, test } from 'vitest'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { TurnStream } from '../canonical/generation-event.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import { contextOf } from '../canonical/testing/context-of.ts'
import { noFacilities, unlimitedFees } from '../canonical/testing/no-facilities.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { defineServerTool } from './server-tool.ts'
import { toolLoop } from './tool-loop.ts'
import { noCost } from '../canonical/usage.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** A turn that calls the tool twice. */
async function* twoCalls(): TurnStream {
  for (const index of [0, 1]) {
    yield [
      { type: 'tool-call-start', choice: 0, index, id: `call_${index}`, name: 'slow' },
      { type: 'tool-call-delta', choice: 0, index, arguments: JSON.stringify({ index }) },
    ]
  }
  yield [{ type: 'turn-end', usage: {}, cost: noCost }]
}

test('a reader that leaves between two results waits until the other tool has ended', async () => {
  const client = new AbortController()
  const ended: unknown[] = []
  const slow = defineServerTool({
    type: 'openrouter:slow',
    title: 'Slow',
    description: 'Ends some time after its call is aborted, but the first call ends at once.',
    parameters: {},
    open: () => ({
      function: { type: 'function', name: 'slow', description: '', parameters: {} },
      async run({ index }, { signal }) {
        if (index === 1) {
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        ended.push(index)
        return { status: 'completed', result: {} }
      },
    }),
  })
  const asked: ChatRequest = chatCompletionsClient.decodeRequest(
    { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }], tools: [{ type: 'openrouter:datetime' }] },
    {},
  )
  const context: FeatureContext = {
    ...noFacilities(clock),
    generation: contextOf(clock, { signal: client.signal }),
    holdFee: unlimitedFees,
    choices: [],
    admit: () => [],
    canAsk: () => false,
    ask: () => {
      throw new Error('Nothing is asked.')
    },
  }
  const loop = toolLoop(asked, new Map([['openrouter:datetime', slow]]), context, twoCalls)
  for await (const batch of loop) {
    if (!batch.some(({ type }) => type === 'server-tool-result')) continue
    client.abort()
    break
  }
  expect(ended).toEqual([0, 1])
})
