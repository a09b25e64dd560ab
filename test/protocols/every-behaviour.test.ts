import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStream } from '../sse.ts'
import { contentOfReply, contentOfStream } from '../choice-content.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { type GatewayOfAll, startGatewayOfAll } from './languages/gateway-of-all.ts'
import { languageNames } from './languages/languages.ts'

useVirtualTime()

/** Whatever the provider's protocol, a fault has the same result for the client as with chat completions. */
const behaviours = [
  'status-400',
  'status-401',
  'status-402',
  'status-403',
  'status-404',
  'status-413',
  'status-422',
  'status-429',
  'status-429+retry-after-7',
  'status-500',
  'status-502',
  'status-503',
  'status-504',
  'status-529',
  'context-length',
  'content-filter',
  'reset',
  'cut-after-0',
  'cut-after-2',
  'eof-after-0',
  'eof-after-2',
  'stall-after-0',
  'stall-after-2',
  'malformed-after-0',
  'malformed-after-2',
  'error-in-200',
  'error-after-2',
  'empty',
  'no-finish',
  'no-usage',
  'huge-frame',
  'endless-line',
  'fragment-bytes',
  'comments',
  'reasoning',
  'tool-call',
  'parallel-tool-calls',
  'finish-odd_word',
  'usage-70-30',
  'cached-5',
]

const alone = (behaviour: string): string => `alone-${behaviour.replaceAll('+', '-and-')}`
const first = (behaviour: string): string => `first-${behaviour.replaceAll('+', '-and-')}`

let gateway: GatewayOfAll
beforeAll(async () => {
  const models = behaviours.flatMap((behaviour): readonly (readonly [string, readonly string[]])[] => [
    [alone(behaviour), [`tokens-6+${behaviour}`]],
    [first(behaviour), [`tokens-6+${behaviour}`, 'tokens-3']],
  ])
  gateway = await startGatewayOfAll(Object.fromEntries(models), {
    timeouts: { first_token_ms: 700, idle_ms: 700 },
    limits: { frame_mb: 1, body_mb: 2 },
  })
})
afterAll(() => gateway.close())

const ways = ['a reply', 'a stream'] as const
type Way = (typeof ways)[number]

/** Statuses that Bedrock never sends. */
const notBedrock = ['status-402', 'status-413', 'status-422', 'status-504', 'status-529']

/** Behaviours that some protocol has in another form, or not at all. */
function isSpokenBy(language: string, behaviour: string): boolean {
  if (language === 'converse') return !notBedrock.includes(behaviour)
  // Cached tokens are a part of those that are not charged.
  return language !== 'cohere-chat' || behaviour !== 'cached-5'
}

describe.each(ways)('%s', (way) => {
  // A reply may take as long as its longest answer, and the test does not wait for that.
  const shown = behaviours.filter((behaviour) => way === 'a stream' || !behaviour.startsWith('stall'))

  describe.each(shown)('%s', (behaviour) => {
    const others = languageNames.filter((name) => name !== 'chat-completions' && isSpokenBy(name, behaviour))

    test.each([
      ['alone', alone(behaviour)],
      ['before another endpoint', first(behaviour)],
    ])('%s', async (_, model) => {
      const usual = await outcome('chat-completions', model, way)
      const seen = await Promise.all(others.map((language) => outcome(language, model, way)))
      expect(named(others, seen)).toEqual(
        named(
          others,
          others.map(() => usual),
        ),
      )
    })
  })
})

const named = (names: readonly string[], values: readonly object[]): object =>
  Object.fromEntries(names.map((name, index) => [name, values[index]]))

const user = { role: 'user', content: 'What is the weather in Oslo?' }
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}))

/** Returns what the client receives. */
async function outcome(language: string, name: string, way: Way): Promise<object> {
  const model = `${language}/${name}`
  const stream = way === 'a stream'
  const response = await gateway.chat({ model, messages: [user], tools, reasoning: { effort: 'low' }, stream })
  const { status } = response
  const seen = { status, retryAfter: response.headers.get('retry-after') }
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream !== true) {
    const reply = Object(await response.json())
    const [choice] = reply.choices ?? []
    const received = choice === undefined ? {} : comparable(contentOfReply(choice))
    return { ...seen, ...received, ...ending(reply, reply.error ?? choice?.error, language) }
  }
  const { chunks, done } = await readStream(response)
  const error = chunks.find((chunk) => chunk.error !== undefined)?.error
  return { ...seen, done, ...comparable(contentOfStream(chunks)), ...ending(chunks.at(-1), error, language) }
}

const comparable = ({ content, refusal, reasoning, toolCalls, finish }: ReturnType<typeof contentOfStream>) => ({
  content,
  refusal,
  reasoning,
  toolCalls: toolCalls.map((call) => ({ ...call, id: call.id !== '' })),
  finish,
})

/** The usage of an answer that failed differs between protocols. */
function ending(said: unknown, error: unknown, language: string): object {
  const { provider, usage } = Object(said)
  const place = provider?.replace(language, 'provider')
  if (error !== undefined) return { place, code: Object(error).code, type: Object(error).metadata?.error_type }
  return { place, usage: [usage.prompt_tokens, usage.completion_tokens, usage.prompt_tokens_details?.cached_tokens] }
}
