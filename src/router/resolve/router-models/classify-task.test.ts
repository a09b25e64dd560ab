import { describe, expect, test, vi } from 'vitest'
import { configSchema } from '../../../config/schema/config-schema.ts'
import { chatCompletionsClient } from '../../../protocols/chat-completions/client.ts'
import { valueAt } from '../../../config/path.ts'
import { classifyTask } from './classify-task.ts'
import { taskTypes } from './tasks.ts'

function classified(content: unknown, more: { readonly system?: string; readonly tools?: readonly object[] } = {}) {
  const { system = '', ...rest } = more
  const request = chatCompletionsClient.decodeRequest(
    {
      model: 'a/b',
      messages: [
        { role: 'system', content: system },
        { role: 'user', content },
      ],
      ...rest,
    },
    {},
  )
  if (request.operation !== 'chat') throw new Error('It is a chat.')
  return classifyTask(request)
}

describe('what a prompt is about', () => {
  test.each([
    ['Write a Python function that reverses a list', 'code:generation'],
    ['Fix this bug: TypeError: undefined is not a function', 'code:debugging'],
    ['Please refactor this and review my pull request', 'code:review'],
    ['Explain what this code does', 'code:explanation'],
    ['Write a SQL query that joins users and orders', 'code:database'],
    ['My dockerfile for kubernetes does not deploy', 'code:operations'],
    ['Solve 3x + 5 = 20', 'math'],
    ['Prove the following theorem', 'math'],
    ['A riddle: what walks on four legs in the morning', 'reasoning'],
    ['How does photosynthesis use the energy of light?', 'science'],
    ['Here is a csv, plot a histogram of the second column', 'data_analysis'],
    ['Translate “good morning” into French', 'translation'],
    ['Übersetze das bitte ins Englische', 'translation'],
    ['Summarize the following article', 'summarization'],
    ['Extract names and dates as json', 'extraction'],
    ['Is the sentiment of this review positive or negative?', 'classification'],
    ['Proofread this letter', 'editing'],
    ['Let us roleplay: you are a narrator', 'roleplay'],
    ['Write a poem about autumn', 'creative_writing'],
    ['Draft an email to my landlord', 'business_writing'],
    ['Brainstorm names for a cat', 'brainstorming'],
    ['Make an itinerary for three days in Rome', 'planning'],
    ['A research report that compares sources', 'research_report'],
    ['I want a refund for my order', 'customer_support'],
    ['Does this NDA clause limit my liability?', 'legal'],
    ['What are the symptoms of the disease?', 'medical'],
    ['How do I rebalance a portfolio of stocks?', 'finance'],
    ['What is the capital of France?', 'qa_knowledge'],
    ['hi there', 'chat'],
    ['', 'chat'],
  ])('%s: %s', (prompt, type) => {
    expect(classified(prompt).type).toBe(type)
  })

  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
  const tools = [{ type: 'function', function: { name: 'search' } }]
  test.each<[string, unknown, Parameters<typeof classified>[1], string]>([
    [
      'instructions count half',
      'and now?',
      { system: 'You answer customer questions about an order.' },
      'qa_knowledge',
    ],
    [
      'with the question they are enough',
      'about my order',
      { system: 'You help customers with a refund.' },
      'customer_support',
    ],
    ['tools', 'What is the weather?', { tools }, 'agent:tools'],
    ['tools and code', 'Fix the bug in this Python script', { tools }, 'agent:coding'],
    ['an image', [{ type: 'text', text: 'Translate what is written here' }, image], {}, 'vision'],
    ['very much text', `Translate this: ${'word '.repeat(50_000)}`, {}, 'long_context'],
    ['the end of a long question', `${'x '.repeat(50_000)} Translate this.`, {}, 'translation'],
    ['not the middle of it', `${'x '.repeat(5000)} translate ${'x '.repeat(5000)}`, {}, 'chat'],
  ])('%s', (_, content, more, type) => {
    expect(classified(content, more).type).toBe(type)
  })

  test('says why, in words of the table and nothing else of the prompt', () => {
    expect(classified('Translate my password hunter2 into German').why).toBe('it speaks of translate, into, german')
  })

  test('costs a few steps a character of 2 kB, and no more for a prompt of any length', () => {
    const sentence = 'Please implement the function that parses a csv and returns its rows as objects. '
    const steps = (content: string): number => {
      const spies = [vi.spyOn(String.prototype, 'charCodeAt'), vi.spyOn(Map.prototype, 'has')]
      try {
        expect(classified(content).type).toMatch(/^code/)
        return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
      } finally {
        for (const spy of spies) spy.mockRestore()
      }
    }
    const usual = steps(sentence.repeat(25))
    expect(usual).toBeGreaterThan(2_000)
    expect(usual).toBeLessThan(6_000)
    expect(steps(sentence.repeat(2_000))).toBeLessThan(1.1 * usual)
  })
})

test('every task can be given a ranking in the configuration', () => {
  const keys = valueAt(['properties', 'routing', 'properties', 'auto', 'properties'], configSchema)
  expect(Object.keys(Object(keys)).toSorted()).toEqual(['default', ...taskTypes].toSorted())
})
