import { unlimitedHold } from '../../canonical/hold.ts'
import type { Happening } from '../../canonical/happening.ts'
import { Channel } from '../../util/channel.ts'
import { expect, test } from 'vitest'
import { contextOf } from '../../canonical/testing/context-of.ts'
import { type CallBatch, type CallStream, isContent } from '../../canonical/generation-event.ts'
import { chatCompletionsClient } from '../../protocols/chat-completions/client.ts'
import type { Candidate } from '../../health/candidate.ts'
import { Hedges } from '../hedges.ts'
import { candidateOf, endpointOf, fails, sendsText } from '../testing/scripted-calls.ts'
import { TakeOver } from './take-over.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }
const sent = 'Once upon a time there was a river that carried small boats'
const [a, b] = ['a', 'b'].map((id) => endpointOf(id, { prefill: true }))
if (a === undefined || b === undefined) throw new Error('There are two.')

/** Returns the endpoints that are called, where every call to an endpoint gives the same answer. */
async function calledOf(candidates: readonly Candidate[], said: Readonly<Record<string, readonly CallBatch[]>>) {
  const called: string[] = []
  const ended = new Set<number>()
  const context = contextOf(clock)
  async function* call({ endpoint, credential }: Candidate): CallStream {
    const name = `${endpoint.id}${credential.id}`
    called.push(name)
    try {
      for (const batch of said[name] ?? said[endpoint.id] ?? []) {
        // A call releases everything that it holds before its last batch is passed on.
        if (batch.at(-1)?.type === 'error') ended.add(called.length)
        yield batch
      }
    } finally {
      ended.add(called.length)
    }
  }
  const dependencies = {
    clock,
    chance: () => 0,
    firstTokenMs: 1_000,
    mostCalls: 16,
    health: { state: () => null, isBenched: () => false, replyTime: () => null },
    hedges: new Hedges(new Map()),
    happenings: new Channel<Happening>(),
    price: () => 7,
  }
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], stream: true }, {})
  const callPlan = () => ({
    calls: () => 1,
    hold: unlimitedHold,
    commits: isContent,
    call,
    streams: () => true,
    maxTokens: undefined,
    reasoning: undefined,
    reportsTier: false,
  })
  const taken = await new TakeOver(request, { dependencies, context, callPlan }).find(candidates, sent, a?.model ?? '')
  expect(ended.size).toBe(taken === null ? called.length : called.length - 1)
  return { called, taken, attempts: context.attempts }
}

const other = sendsText('Something else, and more of it')
const [a0, a1, b0] = [candidateOf(a), candidateOf(a, 1), candidateOf(b)]

test('an answer does not depend on the credential: the endpoint is not called again with another one', async () => {
  const { called, taken } = await calledOf([a0, a1, b0], { a: [sendsText(sent.slice(0, 30))], b: [sendsText(' past')] })
  expect(called).toEqual(['a0', 'a0', 'a0', 'b0'])
  expect(taken?.first).toEqual(sendsText(' past'))
})

test('a refused credential is followed by the next', async () => {
  const said = { a0: [fails('provider_unavailable', 'next-credential')], a1: [sendsText(' past')] }
  expect((await calledOf([a0, a1, b0], said)).called).toEqual(['a0', 'a1'])
})

test('an endpoint that is too slow gets no other continuation', async () => {
  const said = { a: [fails('provider_timeout', 'next-endpoint')], b: [sendsText(' past')] }
  expect((await calledOf([a0, b0], said)).called).toEqual(['a0', 'b0'])
})

test('an endpoint that gets a prefill and repeats the whole text is a replay', async () => {
  const { called, taken } = await calledOf([a0, b0], {
    a: [sendsText(sent.slice(0, 30)), sendsText(`${sent.slice(30)} past`)],
  })
  expect(called).toEqual(['a0'])
  expect(taken?.first).toEqual(sendsText(' past'))
  expect(taken?.continuation).toMatchObject({ method: 'replay', overlap: sent, prompt: sent.length })
})

test('an endpoint that is told to repeat the last words and repeats the whole text is a replay', async () => {
  const elsewhere = candidateOf({ ...b0.endpoint, model: 'acme/m2', prefill: false })
  const { called, taken } = await calledOf([elsewhere], { b: [sendsText(`${sent} past`)] })
  expect(called).toEqual(['b0'])
  expect(taken?.first).toEqual(sendsText(' past'))
  expect(taken?.continuation.method).toBe('replay')
})

test('an endpoint that breaks off during a replay is left', async () => {
  const said = {
    a: [sendsText(sent.slice(0, 30)), fails('provider_unavailable', 'next-endpoint')],
    b: [sendsText(' past')],
  }
  const { called, attempts } = await calledOf([a0, b0], said)
  expect(called).toEqual(['a0', 'a0', 'b0'])
  expect(attempts.map(({ status, errorKind }) => [status, errorKind])).toEqual([
    [502, 'provider_unavailable'],
    [502, 'provider_unavailable'],
    [200, null],
  ])
})

test('the usage that an undelivered answer reported is priced', async () => {
  const report: CallBatch = [{ type: 'usage', usage: { promptTokens: 5, completionTokens: 1 } }]
  const { taken, attempts } = await calledOf([candidateOf({ ...a, prefill: false })], {
    a: [other, report],
    a0: [[...sendsText(sent.slice(0, 5)), ...report], other],
  })
  expect(taken).toBeNull()
  expect(attempts.map(({ cost, errorKind }) => [cost, errorKind])).toEqual([
    [7, 'diverged'],
    [7, 'diverged'],
  ])
})
