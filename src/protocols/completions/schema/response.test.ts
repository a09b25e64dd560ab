import { describe, expect, test } from 'vitest'
import { compileValidator } from '../../schema/validate.ts'
import { CompletionsChunkSchema } from './chunk.ts'
import { CompletionsResponseSchema } from './response.ts'

const validateResponse = compileValidator(CompletionsResponseSchema)
const validateChunk = compileValidator(CompletionsChunkSchema)

const choice = { text: 'Hello', index: 0, logprobs: null, finish_reason: 'stop' }
const response = { id: 'gen-1', object: 'text_completion', created: 1760000000, model: 'acme/m1', choices: [choice] }
const logprobs = { tokens: ['a'], token_logprobs: [-0.1], top_logprobs: [{ a: -0.1 }], text_offset: [0] }
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }

const withChoice = (changes: object) => ({ ...response, choices: [{ ...choice, ...changes }] })
const withoutKey = (key: string) => ({
  ...response,
  choices: [Object.fromEntries(Object.entries(choice).filter(([name]) => name !== key))],
})

describe('a completions response', () => {
  test.each([
    ['the plainest', response],
    ['with usage and logprobs', { ...withChoice({ logprobs }), usage, system_fingerprint: 'fp' }],
    ['with logprobs but no rivals', withChoice({ logprobs: { ...logprobs, top_logprobs: null } })],
  ])('%s is right', (_, body) => {
    expect(validateResponse(body)).toMatchObject({ ok: true })
  })

  test.each([
    ['contract row 65: no null system_fingerprint', { ...response, system_fingerprint: null }, 'system_fingerprint'],
    ['contract row 65: text is there', withoutKey('text'), 'choices[0].text'],
    ['contract row 65: logprobs is there', withoutKey('logprobs'), 'choices[0].logprobs'],
    ['contract row 65: finish_reason is there', withoutKey('finish_reason'), 'choices[0].finish_reason'],
    ['contract §10.37: no tool_calls', withChoice({ finish_reason: 'tool_calls' }), 'choices[0].finish_reason'],
    ['contract §7.2: a whole reply has finished', withChoice({ finish_reason: null }), 'choices[0].finish_reason'],
    [
      'contract §7.2: a number for every token',
      withChoice({ logprobs: { ...logprobs, token_logprobs: [null] } }),
      'choices[0].logprobs.token_logprobs[0]',
    ],
    [
      'contract §7.2: all four logprobs keys',
      withChoice({ logprobs: { ...logprobs, text_offset: undefined } }),
      'choices[0].logprobs.text_offset',
    ],
  ])('%s', (_, body, path) => {
    expect(validateResponse(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})

describe('a completions chunk', () => {
  test.each([
    ['in the middle', withChoice({ finish_reason: null })],
    ['of usage', { ...response, choices: [], usage }],
  ])('%s is right', (_, body) => {
    expect(validateChunk(body)).toMatchObject({ ok: true })
  })

  test.each([
    ['contract row 66: text is a string', withChoice({ text: null }), 'choices[0].text'],
    ['contract row 66: choices is there', { ...response, choices: undefined }, 'choices'],
    ['contract §7.2: no null usage', { ...response, usage: null }, 'usage'],
    ['contract §7.2: no null error', { ...response, error: null }, 'error'],
  ])('%s', (_, body, path) => {
    expect(validateChunk(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})
