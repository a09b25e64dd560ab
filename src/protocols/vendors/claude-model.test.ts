import { expect, test } from 'vitest'
import { type ClaudeTraits, claudeTraits } from './claude-model.ts'

/** What Anthropic's migration guides say of each generation. */
const budget = { thinking: 'budget', thinkingOff: 'disabled', sampling: 'either', forcedTools: true } as const
const adaptive = { thinking: 'adaptive', thinkingOff: 'disabled', sampling: 'none', forcedTools: true } as const

test.each<[string, Partial<ClaudeTraits>]>([
  ['claude-3-haiku-20240307', { ...budget, thinking: 'none', sampling: 'free', structuredOutputs: false }],
  ['claude-3-5-sonnet-20241022', { thinking: 'none', efforts: [] }],
  ['claude-3-7-sonnet-20250219', { ...budget, sampling: 'free', structuredOutputs: false }],
  ['claude-sonnet-4-20250514', { ...budget, structuredOutputs: false, efforts: [] }],
  ['claude-opus-4-1@20250805', { ...budget, structuredOutputs: false, efforts: [] }],
  ['claude-haiku-4-5-20251001', { ...budget, structuredOutputs: true, efforts: [] }],
  ['us.anthropic.claude-opus-4-5-20251101-v1:0', { ...budget, efforts: ['low', 'medium', 'high'] }],
  ['us.anthropic.claude-opus-4-6-v1', { ...budget, thinking: 'either', efforts: ['low', 'medium', 'high', 'max'] }],
  ['anthropic/claude-sonnet-4.6', { thinking: 'either', sampling: 'either' }],
  ['claude-opus-4-8-fast', { ...adaptive, efforts: ['low', 'medium', 'high', 'xhigh', 'max'] }],
  ['claude-sonnet-5', adaptive],
  ['claude-opus-5', adaptive],
  ['claude-haiku-5-5', adaptive],
  ['claude-fable-5', { ...adaptive, thinkingOff: null }],
  ['claude-mythos-preview', { ...adaptive, thinkingOff: null }],
  ['claude-opus-5-5', { ...adaptive, thinkingOff: null, forcedTools: false }],
  ['claude-sonnet-5-5', { ...adaptive, thinkingOff: 'between_tools', forcedTools: false }],
])('%s', (id, traits) => {
  expect(claudeTraits(id)).toMatchObject(traits)
})

test.each(['gpt-5', 'MiniMax-M2', 'claude', 'steady'])('%s is none that is known', (id) => {
  expect(claudeTraits(id)).toBeNull()
})
