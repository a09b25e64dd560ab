import { expect } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { formatCases, plain, type SeedCase } from './seed-case.ts'

const prompt = 'Once upon a time'

export const completionsCases: readonly SeedCase[] = [
  plain('/completions', {}, { prompt }),
  plain('/completions', { prompt }, { best_of: 2, n: 2, echo: true, suffix: 'The end.', logprobs: 2, max_tokens: 5 }),
  plain(
    '/completions',
    { prompt },
    {
      temperature: 0.7,
      top_p: 0.9,
      frequency_penalty: 1,
      presence_penalty: 1,
      logit_bias: { 50256: -100 },
      seed: 42,
      stop: ['\n'],
    },
  ),
  {
    title: '/completions: a stream',
    address: '/completions',
    body: { prompt, stream: true, stream_options: { include_usage: true } },
    arrives: ['stream', 'stream_options', 'stream_options.include_usage'],
  },
  {
    title: '/completions: what describes the request',
    address: '/completions',
    model: 'down',
    body: { prompt, models: ['acme/steady'], user: 'user-123', metadata: { a: 'b' } },
    stays: ['metadata'],
    becomes: {
      model: { at: 'model', value: ['steady'] },
      user: { at: 'user', value: [expect.not.stringContaining('user-123')] },
    },
    shows: { models: { at: 'model', value: ['acme/steady'] } },
  },
  ...formatCases('/completions', { prompt }),
  {
    title: '/completions: a reply',
    address: '/completions',
    body: { prompt, logprobs: 1, max_tokens: 2 },
    gives: {
      id: [expect.stringMatching(/^gen-/)],
      object: ['text_completion'],
      created: [expect.any(Number)],
      model: ['acme/steady'],
      system_fingerprint: ['fp_simulator'],
      choices: [[expect.any(Object)]],
      'choices[].text': [simulatedText(2)],
      'choices[].index': [0],
      'choices[].finish_reason': ['length'],
      'choices[].logprobs': [expect.any(Object)],
      'choices[].logprobs.tokens': [['The', ' river']],
      'choices[].logprobs.token_logprobs': [[expect.any(Number), expect.any(Number)]],
      'choices[].logprobs.top_logprobs': [[expect.any(Object), expect.any(Object)]],
      'choices[].logprobs.text_offset': [[0, 3]],
      usage: [expect.any(Object)],
      'usage.prompt_tokens': [4],
      'usage.completion_tokens': [2],
      'usage.total_tokens': [6],
    },
  },
]
