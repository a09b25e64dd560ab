import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject } from './exchange.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

/** The field of the stop sequences in each protocol. */
const places = {
  'chat-completions': 'stop',
  messages: 'stop_sequences',
  'generate-content': 'generationConfig.stopSequences',
  converse: 'inferenceConfig.stopSequences',
  'cohere-chat': 'stop_sequences',
} as const
type Language = keyof typeof places
const languages = Object.keys(places) as readonly Language[]

let upstream: Simulator
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startSimulator()
  const models: Readonly<Partial<Record<Language, string>>> = {
    messages: 'claude-sonnet-4-5+steady',
    'generate-content': 'gemini-2.5-flash+steady',
    converse: 'anthropic.claude-sonnet-4-5+steady',
    'cohere-chat': 'command-a+steady',
  }
  const usual = ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, 'chat-completions'] as const)
  gateway = await startGateway({
    providers: Object.fromEntries(
      [...usual, ...languages.map((language) => [`house-of-${language}`, language] as const)].map(
        ([slug, protocol]) => [slug, { base_url: `${upstream.url}/${slug}/v2`, protocol, api_key: 'k' }],
      ),
    ),
    models: Object.fromEntries(
      languages.map((language) => [
        `test/${language}`,
        {
          endpoints: [
            {
              provider: `house-of-${language}`,
              model: models[language] ?? 'steady',
              ...(language === 'chat-completions' && { operations: ['chat', 'completions'] }),
            },
          ],
        },
      ]),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

async function stops(path: string, body: object, place: string): Promise<unknown> {
  upstream.clearJournal()
  const response = await gateway.post(path, body)
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  return place.split('.').reduce<unknown>((at, key) => Object(at)[key], asObject(upstream.journal().at(-1)?.body))
}

const messages = [{ role: 'user', content: 'Hello' }]

describe.each(languages)('an empty stop does not reach %s', (language) => {
  const model = `test/${language}`
  test.each(['', [], [''], ['', ''], null])('%j', async (stop) => {
    expect(await stops('/api/v1/chat/completions', { model, messages, stop }, places[language])).toBeUndefined()
  })

  test.each([
    ['END', ['END']],
    [['', 'END', ''], ['END']],
    [
      ['A', 'B'],
      ['A', 'B'],
    ],
  ])('of %j the rest does', async (stop, rest) => {
    const arrived = await stops('/api/v1/chat/completions', { model, messages, stop }, places[language])
    expect([arrived].flat()).toEqual(rest)
  })
})

describe('an empty stop does not reach the language of completions', () => {
  const ask = (stop: unknown) =>
    stops('/api/v1/completions', { model: 'test/chat-completions', prompt: 'Once', stop }, 'stop')

  test.each(['', [], ['']])('%j', async (stop) => expect(await ask(stop)).toBeUndefined())

  test('what is said as one text stays one', async () => {
    expect(await ask('END')).toBe('END')
    expect(await ask(['', 'END'])).toEqual(['END'])
  })
})
