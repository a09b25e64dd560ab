import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { ResultFold } from '../../src/canonical/fold-result.ts'
import type { CallEvent } from '../../src/canonical/generation-event.ts'
import type { PromptRequest } from '../../src/canonical/generation-request.ts'
import type { Endpoint } from '../../src/catalog/endpoint.ts'
import { completionsClient } from '../../src/protocols/completions/client.ts'
import { completionsUpstream } from '../../src/protocols/completions/upstream.ts'

/** Replies that providers really sent. They are not part of the project: the variable names the folder that has them. */
const folder = process.env['WAYGATE_RECORDINGS']

function recording({ skip }: TestContext, file: string): Promise<string> {
  if (folder === undefined) return skip('WAYGATE_RECORDINGS names no folder of recorded replies.')
  return readFile(join(folder, file), 'utf8')
}

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
  prefill: false,
  deprecated: false,
  reasoning: null,
}

const request: PromptRequest = completionsClient.decodeRequest({ prompt: 'Invent a new holiday.' }, {})
const open = () => completionsUpstream.openCall(request, endpoint, {})

function resultOf(events: readonly CallEvent[]) {
  const fold = new ResultFold()
  fold.add(events)
  return fold.result()
}

test('OpenAI’s stream', async (context) => {
  const lines = (await recording(context, 'openai/openai-completion-text.chunks.txt')).trim().split('\n')
  const call = open()
  const events = [...lines, '[DONE]'].flatMap((data) => call.reply.decodeFrame({ type: 'data', event: null, data }))
  expect(events.at(-1)).toEqual({
    type: 'call-end',
    usage: expect.objectContaining({ promptTokens: 14, completionTokens: 16 }),
  })
  expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(16)
  expect(resultOf(events).choices).toMatchObject([
    {
      index: 0,
      text: expect.stringMatching(/^The holiday is called "Gratitude Day" .* dedicated to$/),
      finishReason: 'length',
    },
  ])
})

test('OpenAI’s JSON reply', async (context) => {
  const events = open().reply.decodeResult(JSON.parse(await recording(context, 'openai/openai-completion-text.json')))
  expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'finish', 'usage', 'call-end'])
  expect(resultOf(events)).toMatchObject({
    choices: [{ text: expect.stringMatching(/importance of$/), finishReason: 'length', nativeFinishReason: 'length' }],
    usage: { promptTokens: 14, completionTokens: 16 },
  })
})
