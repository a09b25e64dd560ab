import { describe, expect, test } from 'vitest'
import { claudeEndpoint } from '../../../test/protocols/messages/claude-endpoint.ts'
import type { Parameters } from '../../canonical/generation-request.ts'
import { chatCompletionsClient } from '../chat-completions/client.ts'
import { chatCompletionsUpstream } from '../chat-completions/upstream.ts'
import { completionsClient } from '../completions/client.ts'
import { completionsUpstream } from '../completions/upstream.ts'

/** Every parameter of a chat as a client may send it, and fields that only the upstream knows. */
const chatBody = {
  messages: [{ role: 'user', content: 'hi' }],
  max_tokens: 100,
  temperature: 0.5,
  top_p: 0.5,
  top_k: 5,
  min_p: 0.5,
  top_a: 0.5,
  frequency_penalty: 0.5,
  presence_penalty: 0.5,
  repetition_penalty: 0.5,
  logit_bias: { '5': 1 },
  logprobs: true,
  top_logprobs: 2,
  seed: 5,
  stop: 'end',
  response_format: { type: 'json_object' },
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  verbosity: 'low',
  prediction: { type: 'content', content: 'x' },
  modalities: ['text'],
  prompt_cache_key: 'key',
  n: 2,
  vendor_field: { kept: true },
}

/** What each parameter is changed to, and the fields of the body that say so. */
const changes: readonly (readonly [Partial<Parameters>, object])[] = [
  [{ maxTokens: 7 }, { max_tokens: 7 }],
  [{ temperature: 0 }, { temperature: 0 }],
  [{ topP: 1 }, { top_p: 1 }],
  [{ topK: 1 }, { top_k: 1 }],
  [{ minP: 0 }, { min_p: 0 }],
  [{ topA: 0 }, { top_a: 0 }],
  [{ frequencyPenalty: 1 }, { frequency_penalty: 1 }],
  [{ presencePenalty: 1 }, { presence_penalty: 1 }],
  [{ repetitionPenalty: 1 }, { repetition_penalty: 1 }],
  [{ logitBias: { '6': 2 } }, { logit_bias: { '6': 2 } }],
  [{ logprobs: false }, { logprobs: false }],
  [{ topLogprobs: 1 }, { top_logprobs: 1 }],
  [{ seed: 1 }, { seed: 1 }],
  [{ stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  [{ stop: undefined }, { stop: undefined }],
  [{ responseFormat: { type: 'text' } }, { response_format: { type: 'text' } }],
  [{ toolChoice: { name: 'f' } }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
  [{ parallelToolCalls: false }, { parallel_tool_calls: false }],
  [{ verbosity: 'high' }, { verbosity: 'high' }],
  [{ prediction: undefined }, { prediction: undefined }],
  [{ modalities: ['text', 'image'] }, { modalities: ['text', 'image'] }],
  [{ promptCacheKey: 'other' }, { prompt_cache_key: 'other' }],
]

describe('a request to an upstream of its own language, of which one parameter was changed on the way', () => {
  const request = chatCompletionsClient.decodeRequest(chatBody, {})
  const sent = (given: Partial<Parameters>) =>
    chatCompletionsUpstream.openCall(
      { ...request, parameters: { ...request.parameters, ...given } },
      claudeEndpoint,
      {},
    ).upstreamRequest.body

  test.each(changes)('%j', (given, fields) => {
    expect(sent(given)).toEqual({ ...sent({}), ...fields })
  })

  test('keeps every field that is no parameter of ours', () => {
    expect(sent({ temperature: 0 })).toMatchObject({ n: 2, vendor_field: { kept: true } })
    expect(sent({})).toMatchObject({ n: 2, vendor_field: { kept: true }, temperature: 0.5 })
  })

  test('completions: the same', () => {
    const prompt = completionsClient.decodeRequest({ prompt: 'hi', temperature: 0.5, seed: 3, vendor_field: 1 }, {})
    const changed = { ...prompt, parameters: { ...prompt.parameters, temperature: 1 } }
    expect(completionsUpstream.openCall(changed, claudeEndpoint, {}).upstreamRequest.body).toEqual({
      model: claudeEndpoint.upstreamModel,
      prompt: 'hi',
      temperature: 1,
      seed: 3,
      vendor_field: 1,
    })
  })
})
