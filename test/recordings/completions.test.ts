import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ResultFold } from '../../src/canonical/fold-result.ts'
import type { CallEvent } from '../../src/canonical/generation-event.ts'
import type { PromptRequest } from '../../src/canonical/generation-request.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { completionsClient } from '../../src/protocols/completions/client.ts'
import { completionsUpstream } from '../../src/protocols/completions/upstream.ts'
import { type ReplyFolder, replyFolders } from './replay.ts'

const endpoint: Endpoint = {
  id: 'openai/gpt-3.5-turbo-instruct@openai',
  model: 'openai/gpt-3.5-turbo-instruct',
  provider: 'openai',
  providerName: 'OpenAI',
  tag: 'openai',
  tier: 'default',
  upstreamModel: 'gpt-3.5-turbo-instruct',
  pricing: { prompt: 0, completion: 0 },
  contextLength: null,
  maxCompletionTokens: null,
  quantization: null,
  dataPolicy: { training: false, retention: 'none' },
  distillable: false,
  supportedParameters: null,
  operations: ['completions'],
  inputModalities: ['text'],
  outputModalities: ['text'],
  nativeTools: [],
  prefill: false,
  deprecated: false,
  reasoning: null,
  template: {},
}

const request: PromptRequest = completionsClient.decodeRequest({ prompt: 'Invent a new holiday.' }, {})
const open = () => completionsUpstream.openCall(request, endpoint, {})

function resultOf(events: readonly CallEvent[]) {
  const fold = new ResultFold()
  fold.add(events)
  return fold.result()
}

interface Expected {
  readonly streamed: { readonly pieces: number; readonly text: RegExp }
  readonly whole: { readonly completion: number; readonly text: RegExp }
  readonly prompt: number
}

const expected: Readonly<Record<ReplyFolder['name'], Expected>> = {
  'our own replies': {
    prompt: 13,
    streamed: { pieces: 10, text: /^The holiday is Fog Day, and nobody sees it$/ },
    whole: { completion: 12, text: /^The new holiday is Lamp Day, on which every light is$/ },
  },
  'recorded replies (WAYGATE_RECORDINGS)': {
    prompt: 14,
    streamed: { pieces: 16, text: /^The holiday is called "Gratitude Day" .* dedicated to$/ },
    whole: { completion: 16, text: /importance of$/ },
  },
}

describe.each(replyFolders)('completions: $name', ({ name, path }) => {
  const { prompt, streamed, whole } = expected[name]
  const reply = (file: string): Promise<string> => readFile(join(path, file), 'utf8')

  test('OpenAI’s stream', async () => {
    const lines = (await reply('openai/openai-completion-text.chunks.txt')).trim().split('\n')
    const call = open()
    const events = [...lines, '[DONE]'].flatMap((data) => call.reply.decodeFrame({ type: 'data', event: null, data }))
    expect(events.at(-1)).toEqual({
      type: 'call-end',
      usage: expect.objectContaining({ promptTokens: prompt, completionTokens: streamed.pieces }),
    })
    expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(streamed.pieces)
    expect(resultOf(events).choices).toMatchObject([
      { index: 0, parts: [{ type: 'text', text: expect.stringMatching(streamed.text) }], finishReason: 'length' },
    ])
  })

  test('OpenAI’s JSON reply', async () => {
    const events = open().reply.decodeResult(JSON.parse(await reply('openai/openai-completion-text.json')))
    expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'usage', 'finish', 'call-end'])
    expect(resultOf(events)).toMatchObject({
      choices: [
        {
          parts: [{ type: 'text', text: expect.stringMatching(whole.text) }],
          finishReason: 'length',
          nativeFinishReason: 'length',
        },
      ],
      usage: { promptTokens: prompt, completionTokens: whole.completion },
    })
  })
})
