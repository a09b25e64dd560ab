import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readStream } from '../sse.ts'
import { contentOfStream } from '../choice-content.ts'
import { type GatewayOfAll, startGatewayOfAll } from './languages/gateway-of-all.ts'
import { type Language, languageNamed, languageNames } from './languages/languages.ts'
import { readChatCompletions } from './languages/read-chat-completions.ts'
import { type NeutralTurn, withoutThoughts } from './languages/neutral-request.ts'

/**
 * Conversations of five turns that change providers on the way. The simulator enforces each vendor's rules: roles that alternate,
 * signatures that are present and unchanged, calls with their results, limits that are required.
 */
let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({
    one: ['tokens-4+reasoning+tool-call'],
    two: ['tokens-4+reasoning+parallel-tool-calls'],
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const image = { type: 'image_url', image_url: { url: pixel } }
const said = (text: string) => ({ type: 'text', text })
const tools = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Tells what ${name} says.`,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city'],
    },
  },
}))

interface Assistant {
  readonly role: 'assistant'
  readonly tool_calls?: readonly { readonly id: string }[]
  readonly reasoning_details?: readonly Readonly<Record<string, string | null>>[]
}

/**
 * The texts of the client and the results of its tools, turn by turn. `results` are for one call or two; an image only where it is allowed.
 */
const turns = [
  { asks: 'What is the weather in Oslo?', calls: 'one', results: ['rain'] },
  { asks: [said('And where was this taken?'), image], calls: 'two', results: ['', 'it is late'] },
  { asks: 'Try again – größer 😀', calls: 'two', results: [[said('sun and wind')], '{"time": "12:00"}'] },
  { asks: 'Show me.', calls: 'one', results: [[said('a picture'), image]], words: ['a picture'] },
  { asks: 'Is that all?', calls: 'two', results: ['yes', 'no'], reversed: true },
] as const

/** One protocol for each of the ten requests: a question and the tool results, five times. */
type Itinerary = readonly string[]

const itineraries: Readonly<Record<string, (a: string, b: string) => Itinerary>> = {
  'A, A, B, B, B': (a, b) => [a, a, a, a, b, b, b, b, b, b],
  'A, B, B, B, A': (a, b) => [a, a, b, b, b, b, b, b, a, a],
  'a call at A, its result to B': (a, b) => [a, b, a, b, a, b, a, b, a, b],
}

describe.each(languageNames)('from %s', (from) => {
  describe.each(languageNames)('to %s', (to) => {
    test.each(Object.keys(itineraries))('%s', async (route) => {
      const itinerary = itineraries[route]?.(from, to) ?? []
      await converse(itinerary, false)
      await converse(itinerary, true)
    })
  })
})

async function converse(itinerary: Itinerary, stream: boolean): Promise<void> {
  const messages: object[] = [{ role: 'system', content: 'You are brief.' }]
  const withImages = itinerary.every((name) => languageNamed(name).imageResults)
  for (const [index, turn] of turns.entries()) {
    messages.push({ role: 'user', content: turn.asks })
    const call = await ask(itinerary[2 * index] ?? '', turn.calls, messages, stream)
    const ids = (call.tool_calls ?? []).map(({ id }) => id)
    expect(new Set(ids).size).toBe(turn.results.length)
    const found = !withImages && 'words' in turn ? turn.words : turn.results
    const results = ids.map((id, order) => ({ role: 'tool', tool_call_id: id, content: found[order] }))
    messages.push(call, ...('reversed' in turn ? results.toReversed() : results))
    const answer = await ask(itinerary[2 * index + 1] ?? '', turn.calls, messages, stream)
    expect(answer).toMatchObject({ content: 'The river carries small' })
    messages.push(answer)
  }
}

/** Requests the next message, and expects that everything before it reached the upstream in the form of its protocol. */
async function ask(name: string, calls: string, messages: readonly object[], stream: boolean): Promise<Assistant> {
  const language = languageNamed(name)
  const body = { model: `${name}/${calls}`, messages, tools, reasoning: { effort: 'low' }, stream }
  const response = await gateway.chat(body)
  const message = stream && response.ok ? await streamed(response) : await whole(response)
  const entry = gateway.upstream.journal().at(-1)
  expect(entry).toMatchObject({ status: 200, path: expect.stringContaining(`/${name}-a/`) })
  const sent = language.read(Object(entry?.body))
  const asked = readChatCompletions(body)
  expect(sent.system).toBe('You are brief.')
  expect(sent.tools).toEqual(asked.tools)
  expect(withoutThoughts(sent.turns)).toEqual(withoutThoughts(asked.turns))
  expect(sent.turns.filter(isAnswer).map(thoughtsOf)).toEqual(messages.filter(isAnswer).map(ownThoughts(language)))
  expect(message.reasoning_details?.length).toBeGreaterThan(0)
  return message
}

async function whole(response: Response): Promise<Assistant> {
  const reply = Object(await response.json())
  expect(response.status, JSON.stringify(reply)).toBe(200)
  return reply.choices[0].message
}

async function streamed(response: Response): Promise<Assistant> {
  const { chunks, done } = await readStream(response)
  expect(done).toBe(true)
  const { content, toolCalls, reasoningDetails } = contentOfStream(chunks)
  const tool_calls = toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called }))
  return Object({
    role: 'assistant',
    content: content === '' ? null : content,
    ...(tool_calls.length > 0 && { tool_calls }),
    reasoning_details: reasoningDetails,
  })
}

const isAnswer = (message: object): boolean => Object(message).role === 'assistant'

interface Thoughts {
  readonly text: string
  readonly seals: readonly string[]
}

function thoughtsOf({ parts }: NeutralTurn): Thoughts {
  const thoughts = parts.filter((part) => part.type === 'thought')
  return {
    text: thoughts.map(({ text }) => text).join(''),
    seals: thoughts.flatMap(({ seal }) => seal ?? []).sort(),
  }
}

/** Returns the reasoning of earlier answers that the protocol may receive: that of its own vendor, unchanged. */
const ownThoughts =
  ({ thoughts }: Language) =>
  (message: object): Thoughts => {
    const details = Object(message).reasoning_details.filter(
      ({ format }: { format: string }) => thoughts === null || thoughts.includes(format),
    )
    return {
      text: details.map(({ text, summary }: Record<string, string>) => text ?? summary ?? '').join(''),
      seals: details.flatMap(({ signature, data }: Record<string, string>) => signature ?? data ?? []).sort(),
    }
  }
