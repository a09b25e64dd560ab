import { describe, expect, test } from 'vitest'
import { completionsRequestRules } from '../../gateway-fields/schema/request-rules.ts'
import { compileValidator } from '../../schema/validate.ts'
import { CompletionsRequestSchema } from './request.ts'

const validate = compileValidator(CompletionsRequestSchema, completionsRequestRules)

const accepted: readonly (readonly [string, object])[] = [
  ['row 65: a string', { prompt: 'Once' }],
  ['row 65: strings', { prompt: ['Once', 'Twice'] }],
  ['row 65: tokens', { prompt: [1, 2, 50256] }],
  ['row 65: token lists', { prompt: [[1, 2], [3]] }],
  [
    'row 67',
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
    '§7.1: nulls',
    { prompt: 'a', n: null, best_of: null, echo: null, logprobs: null, suffix: null, response_format: null },
  ],
  ['§7.1: no alternatives', { prompt: 'a', logprobs: 0 }],
  ['§7.1: what the AI SDK adds', { prompt: 'a', top_k: 5, include_reasoning: true, reasoning: { effort: 'low' } }],
  ['§0.3: unknown key', { prompt: 'a', messages: 5 }],
]

const refused: readonly (readonly [string, object, string])[] = [
  ['row 65: no prompt', {}, 'prompt'],
  ['§7.1: null', { prompt: null }, 'prompt'],
  ['§7.1: an object', { prompt: {} }, 'prompt'],
  ['§7.1: a number', { prompt: 5 }, 'prompt'],
  ['§7.1: an empty array', { prompt: [] }, 'prompt'],
  ['§7.1: an empty list of tokens', { prompt: [[1], []] }, 'prompt[1]'],
  ['§7.1: text, then a token', { prompt: ['a', 5] }, 'prompt[1]'],
  ['§7.1: a token, then text', { prompt: [5, 'a'] }, 'prompt[1]'],
  ['§7.1: tokens, then text', { prompt: [[5], 'a'] }, 'prompt[1]'],
  ['§7.1: half a token', { prompt: [1.5] }, 'prompt[0]'],
  ['§7.1: too many alternatives', { prompt: 'a', logprobs: 21 }, 'logprobs'],
  ['row 65: logprobs as switch', { prompt: 'a', logprobs: true }, 'logprobs'],
  ['§7.1: n 0', { prompt: 'a', n: 0 }, 'n'],
  ['§7.1: n 129', { prompt: 'a', n: 129 }, 'n'],
  ['§7.1: best_of below n', { prompt: 'a', n: 3, best_of: 2 }, 'best_of'],
  ['§7.1: half a best_of', { prompt: 'a', best_of: 1.5 }, 'best_of'],
  ['§7.1: echo as number', { prompt: 'a', echo: 1 }, 'echo'],
  ['§7.1: suffix as number', { prompt: 'a', suffix: 1 }, 'suffix'],
  ['§7.1: max_tokens as text', { prompt: 'a', max_tokens: '5' }, 'max_tokens'],
  ['§7.1: unknown response_format', { prompt: 'a', response_format: { type: 'xml' } }, 'response_format.type'],
  ['§7.1: penalty above', { prompt: 'a', presence_penalty: 2.1 }, 'presence_penalty'],
  [
    'row 22: efforts that differ',
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
