import { expect, test } from 'vitest'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { encodeThoughts } from './encode-thoughts.ts'
import type { ModelFamily } from './model-family.ts'

const family = (maker: ModelFamily['maker'], reasoningFormat: string): ModelFamily => ({
  maker,
  claude: null,
  caches: false,
  reasoningFormat,
  structuredOutputs: false,
})

const openai = 'bedrock-openai-responses-v1'
const details: readonly ReasoningDetail[] = [
  { type: 'encrypted', data: 'c2VhbGVk', format: openai, index: 0 },
  { type: 'text', text: 'It ', format: openai, index: 1 },
  { type: 'text', text: 'is.', format: openai, index: 1 },
  { type: 'text', text: 'Also', format: openai, index: 2 },
  { type: 'summary', summary: 'short', format: openai },
  { type: 'encrypted', data: 'Zm9yZWlnbg==', format: 'openai-responses-v1' },
  { type: 'text', text: 'Whose?', format: 'unknown', index: 3 },
]

test('sealed thoughts go back as they came, others unsigned where no signature is wanted', () => {
  expect(encodeThoughts(details, family('openai', openai))).toEqual([
    { reasoningContent: { redactedContent: 'c2VhbGVk' } },
    { reasoningContent: { reasoningText: { text: 'It is.' } } },
    { reasoningContent: { reasoningText: { text: 'Also' } } },
  ])
})

test('thoughts of nobody known go back to nobody', () => {
  expect(encodeThoughts(details, family('other', 'unknown'))).toEqual([])
})
