import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStream } from '../sse.ts'
import { toldByReply, toldByStream } from '../told.ts'
import { type GatewayOfAll, startGatewayOfAll } from './languages/gateway-of-all.ts'
import { languageNames } from './languages/languages.ts'

/** Whatever language a provider speaks, its misbehaviour looks to the client as that of one who speaks chat completions. */
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

const others = languageNames.filter((name) => name !== 'chat-completions')
const ways = ['a reply', 'a stream'] as const

describe.each(behaviours)('%s', (behaviour) => {
  describe.each(ways)('in %s', (way) => {
    test.each(others)('of %s', async (language) => {
      const [own, usual] = await Promise.all([
        outcome(language, alone(behaviour), way),
        outcome('chat-completions', alone(behaviour), way),
      ])
      expect(own).toEqual(usual)
    })

    test.each(others)('of %s, before another endpoint', async (language) => {
      const [own, usual] = await Promise.all([
        outcome(language, first(behaviour), way),
        outcome('chat-completions', first(behaviour), way),
      ])
      expect(own).toEqual(usual)
    })
  })
})

const user = { role: 'user', content: 'What is the weather in Oslo?' }
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}))

/** What a client sees of it. */
async function outcome(language: string, name: string, way: (typeof ways)[number]): Promise<object> {
  const model = `${language}/${name}`
  const stream = way === 'a stream'
  const response = await gateway.chat({ model, messages: [user], tools, reasoning: { effort: 'low' }, stream })
  const { status } = response
  const seen = { status, retryAfter: response.headers.get('retry-after') }
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream !== true) {
    const reply = Object(await response.json())
    const [choice] = reply.choices ?? []
    const told = choice === undefined ? {} : comparable(toldByReply(choice))
    return {
      ...seen,
      ...told,
      ...failure(reply.error ?? choice?.error),
      place: placeOf(reply, language),
      usage: usageOf(reply),
    }
  }
  const { chunks, done } = await readStream(response)
  const last = chunks.at(-1)
  return {
    ...seen,
    done,
    ...comparable(toldByStream(chunks)),
    ...failure(chunks.find(({ error }) => error !== undefined)?.error),
    place: placeOf(last, language),
    usage: usageOf(last),
  }
}

const comparable = ({ content, refusal, reasoning, toolCalls, finish }: ReturnType<typeof toldByStream>) => ({
  content,
  refusal,
  reasoning,
  toolCalls: toolCalls.map((call) => ({ ...call, id: call.id !== '' })),
  finish,
})

const failure = (error: unknown): object =>
  error === undefined ? {} : { code: Object(error).code, type: Object(error).metadata?.error_type }

const placeOf = (said: unknown, language: string): unknown => Object(said).provider?.replace(language, 'provider')

const usageOf = (said: unknown): unknown => {
  const { usage } = Object(said)
  return usage && [usage.prompt_tokens, usage.completion_tokens, usage.prompt_tokens_details?.cached_tokens]
}
