import { describe, expect, test } from 'vitest'
import { completionsRequestRules } from '../../gateway-fields/schema/request-rules.ts'
import { compileValidator } from '../../schema/validate.ts'
import { CompletionsRequestSchema } from './request.ts'

const validate = compileValidator(CompletionsRequestSchema, completionsRequestRules)

const accepted: readonly (readonly [string, object])[] = [
  ['contract row 65: a string', { prompt: 'Once' }],
  ['contract row 65: strings', { prompt: ['Once', 'Twice'] }],
  ['contract row 65: tokens', { prompt: [1, 2, 50256] }],
  ['contract row 65: token lists', { prompt: [[1, 2], [3]] }],
  [
    'contract row 67',
    {
      prompt: 'a',
      n: 2,
      echo: true,
      suffix: 'z',
      best_of: 2,
      stop: ['x'],
      metadata: null,
      response_format: { type: 'text' },
    },
  ],
  [
    'contract §7.1: nulls',
    { prompt: 'a', n: null, best_of: null, echo: null, logprobs: null, suffix: null, response_format: null },
  ],
  ['contract §7.1: no alternatives', { prompt: 'a', logprobs: 0 }],
  [
    'contract §7.1: what the AI SDK adds',
    { prompt: 'a', top_k: 5, include_reasoning: true, reasoning: { effort: 'low' } },
  ],
  ['contract §0.3: unknown key', { prompt: 'a', messages: 5 }],
]

const refused: readonly (readonly [string, object, string])[] = [
  ['contract row 65: no prompt', {}, 'prompt'],
  ['contract §7.1: null', { prompt: null }, 'prompt'],
  ['contract §7.1: an object', { prompt: {} }, 'prompt'],
  ['contract §7.1: a number', { prompt: 5 }, 'prompt'],
  ['contract §7.1: an empty array', { prompt: [] }, 'prompt'],
  ['contract §7.1: an empty list of tokens', { prompt: [[1], []] }, 'prompt[1]'],
  ['contract §7.1: text, then a token', { prompt: ['a', 5] }, 'prompt[1]'],
  ['contract §7.1: a token, then text', { prompt: [5, 'a'] }, 'prompt[1]'],
  ['contract §7.1: tokens, then text', { prompt: [[5], 'a'] }, 'prompt[1]'],
  ['contract §7.1: half a token', { prompt: [1.5] }, 'prompt[0]'],
  ['contract §7.1: too many alternatives', { prompt: 'a', logprobs: 21 }, 'logprobs'],
  ['contract row 65: logprobs as switch', { prompt: 'a', logprobs: true }, 'logprobs'],
  ['contract §7.1: n 0', { prompt: 'a', n: 0 }, 'n'],
  ['contract §7.1: n 129', { prompt: 'a', n: 129 }, 'n'],
  ['contract §7.1: best_of below n', { prompt: 'a', n: 3, best_of: 2 }, 'best_of'],
  ['contract §7.1: half a best_of', { prompt: 'a', best_of: 1.5 }, 'best_of'],
  ['contract §7.1: echo as number', { prompt: 'a', echo: 1 }, 'echo'],
  ['contract §7.1: suffix as number', { prompt: 'a', suffix: 1 }, 'suffix'],
  ['contract §7.1: max_tokens as text', { prompt: 'a', max_tokens: '5' }, 'max_tokens'],
  ['contract §7.1: unknown response_format', { prompt: 'a', response_format: { type: 'xml' } }, 'response_format.type'],
  ['contract §7.1: penalty above', { prompt: 'a', presence_penalty: 2.1 }, 'presence_penalty'],
  [
    'contract row 22: efforts that differ',
    { prompt: 'a', reasoning_effort: 'low', reasoning: { effort: 'max' } },
    'reasoning_effort',
  ],
]

describe('a completions request', () => {
  test.each(accepted)('%s: is accepted', (_, body) => {
    expect(validate(body)).toMatchObject({ ok: true })
  })

  test.each(refused)('%s: is refused', (_, body, path) => {
    expect(validate(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})
