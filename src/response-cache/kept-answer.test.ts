import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Outcome } from '../canonical/outcome.ts'
import type { Usage } from '../canonical/usage.ts'
import { decodeAnswer, encodeAnswer, type KeptAnswer, type KeptEvent } from './kept-answer.ts'

const usage = {
  promptTokens: 1,
  completionTokens: 2,
  cachedTokens: 3,
  cacheWriteTokens: 4,
  cacheWrite1hTokens: 5,
  promptAudioTokens: 6,
  cachedAudioTokens: 7,
  promptVideoTokens: 8,
  reasoningTokens: 9,
  completionAudioTokens: 10,
  completionImageTokens: 11,
  promptImageTokens: 19,
  outputImages: 20,
  inputCharacters: 21,
  audioSeconds: 22,
  acceptedPredictionTokens: 12,
  rejectedPredictionTokens: 13,
  searchUnits: 18,
  webSearchRequests: 14,
  toolCallsRequested: 15,
  toolCallsExecuted: 16,
  reportedCost: 17,
} satisfies Required<Usage>
const token = { token: 'a', logprob: -0.5, bytes: [97] }
const logprobs = [{ ...token, top: [{ ...token, bytes: null }] }]

const item = { language: 'messages', value: { type: 'thinking', list: [1, null] } }

/** Every event, with all of its fields and with as few as it may have. A new event does not compile without a line here. */
const events: Readonly<{ [Type in KeptEvent['type']]: readonly Extract<KeptEvent, { type: Type }>[] }> = {
  start: [{ type: 'start' }, { type: 'start', upstreamId: 'u', systemFingerprint: 'f', raisedMaxTokens: 16 }],
  committed: [
    { type: 'committed', provider: 'p', model: 'm', endpoint: 'e', attempt: 1 },
    { type: 'committed', provider: 'p', model: 'm', endpoint: 'e', attempt: 1, serviceTier: 'flex' },
  ],
  usage: [
    { type: 'usage', usage: {} },
    { type: 'usage', usage, serviceTier: 'default' },
  ],
  'text-delta': [
    { type: 'text-delta', choice: 0, text: 'a' },
    { type: 'text-delta', choice: 1, text: '\ud800', logprobs },
  ],
  'reasoning-delta': [
    { type: 'reasoning-delta', choice: 0, detail: { type: 'text' } },
    {
      type: 'reasoning-delta',
      choice: 0,
      detail: { type: 'text', text: null, signature: 's', id: null, format: 'f', index: 0 },
    },
    { type: 'reasoning-delta', choice: 0, detail: { type: 'summary', summary: 's' } },
    { type: 'reasoning-delta', choice: 0, detail: { type: 'encrypted', data: 'd' } },
    {
      type: 'reasoning-delta',
      choice: 0,
      detail: { type: 'server-tool-call', toolName: 't', arguments: '{}', result: 'r', toolCallId: 'c' },
    },
  ],
  'refusal-delta': [{ type: 'refusal-delta', choice: 0, text: 'no', logprobs }],
  'tool-call-start': [
    { type: 'tool-call-start', choice: 0, index: 0, id: 'i', name: 'n' },
    { type: 'tool-call-start', choice: 0, index: 0, id: 'i', name: 'n', original: item },
  ],
  'vendor-item': [{ type: 'vendor-item', choice: 0, item }],
  'vendor-fields': [{ type: 'vendor-fields', item }],
  item: [
    { type: 'item', item: { type: 'embedding', index: 0, vector: { encoding: 'float', text: '[1]' } } },
    { type: 'item', item: { type: 'embedding', index: 1, vector: { encoding: 'base64', text: 'AACAPw==' } } },
    { type: 'item', item: { type: 'relevance', index: 0, score: 0.5 } },
  ],
  'tool-call-delta': [{ type: 'tool-call-delta', choice: 0, index: 0, arguments: '{' }],
  annotation: [
    {
      type: 'annotation',
      choice: 0,
      annotation: { type: 'url-citation', url: 'u', title: 't', content: 'c', startIndex: 0, endIndex: 1 },
    },
    { type: 'annotation', choice: 0, annotation: { type: 'url-citation', url: 'u', original: item } },
    { type: 'annotation', choice: 0, annotation: { type: 'document-citation', citedText: 'c', original: item } },
    { type: 'annotation', choice: 0, annotation: { type: 'file', hash: 'h', name: 'n', content: [{ a: [1] }] } },
  ],
  image: [{ type: 'image', choice: 0, url: 'data:' }],
  'audio-delta': [
    { type: 'audio-delta', choice: 0 },
    { type: 'audio-delta', choice: 0, id: 'i', data: 'd', transcript: 't', expiresAt: 1 },
  ],
  'server-tool-call': [
    {
      type: 'server-tool-call',
      choice: 0,
      id: 'i',
      tool: 't',
      name: 'n',
      arguments: '{}',
      turn: 0,
      beside: 'b',
    },
  ],
  'server-tool-result': [
    { type: 'server-tool-result', choice: 0, id: 'i', tool: 't', status: 'completed', result: '1' },
    { type: 'server-tool-result', choice: 0, id: 'i', tool: 't', status: 'failed', result: '' },
  ],
  'part-end': [
    { type: 'part-end', choice: 0 },
    { type: 'part-end', choice: 0, original: item },
  ],
  finish: (['stop', 'length', 'tool_calls', 'content_filter', 'error'] as const).flatMap((reason) => [
    { type: 'finish', choice: 0, reason, native: null },
    { type: 'finish', choice: 0, reason, native: 'n', isUnfit: true, stopSequence: 's' },
  ]),
}

const outcome = Object.assign(new Outcome(), {
  usage,
  finish: 'stop',
  nativeFinish: 'end',
  serviceTier: 'flex',
  upstreamId: 'u',
  firstContentAt: 3.5,
  produced: 4,
  counted: 2,
  unreportedAudioTokens: 5,
  unreportedImageTokens: 6,
  images: 7,
  sounds: 1,
})
const answer: KeptAnswer = {
  sourceId: 'gen-1',
  batches: Object.values(events),
  endpoint: { id: 'e', provider: 'p', providerName: 'P', model: 'm' },
  outcome,
}

test('every event of an answer reaches another node as it was', () => {
  for (const kept of [answer, { ...answer, batches: [], endpoint: null, outcome: new Outcome() }]) {
    const read = decodeAnswer(encodeAnswer(kept, 300_000))
    expect(read).toEqual({ kept, ttlMs: 300_000 })
    expect(read?.kept.outcome).toBeInstanceOf(Outcome)
  }
})

test('an answer with any part missing or of another kind is none', () => {
  const text = encodeAnswer(answer, 300_000)
  expect(decodeAnswer('')).toBeNull()
  expect(decodeAnswer(text.slice(0, -1))).toBeNull()
  /** Replaces the value at each place in turn. */
  function* changed(value: unknown, by: unknown): Generator {
    yield by
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) for (const one of changed(item, by)) yield value.with(index, one)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        for (const one of changed(item, by)) yield { ...value, [key]: one }
    }
  }
  const required = { ...JSON.parse(text), batches: [[{ type: 'finish', choice: 0, reason: 'stop', native: 'n' }]] }
  expect(decodeAnswer(JSON.stringify(required))).not.toBeNull()
  for (const different of changed(required, { no: 1 })) {
    // Usage may be empty, as it is here.
    const isEmptyUsage = JSON.stringify(different).includes('"usage":{"no":1}')
    expect(decodeAnswer(JSON.stringify(different)) === null).toBe(!isEmptyUsage)
  }
  fc.assert(fc.property(fc.json(), (json) => decodeAnswer(json) === null))
})
