import Anthropic from '@anthropic-ai/sdk'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { OpenRouter } from '@openrouter/sdk'
import { generateText, type LanguageModel, streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'
import { everyReply } from './every-reply.ts'

/* Every answer that the simulator can give, through every upstream language, is decoded by the clients of every surface. */

/** How an answer travels is tested with chat completions; here it is what an answer holds. An answer that ends in an error is none. */
const travels = /^(slow|pace|ping|comments|crlf|fragment|chunk|variant|diverge|resume|no-done|no-prefill|finish-error)/

/** One sample of each behaviour that ends in an answer; what differs by the number alone is left out. */
const answers = everyReply
  .filter(({ json, stream }) => json === 'answer' && stream === 'answer')
  .map(({ behaviour }) => behaviour)
  .filter((behaviour, index, all) => {
    const kind = (name: string): string => name.replaceAll(/\d+/g, '')
    return (
      !travels.test(behaviour.replace(/^audio\+/, '')) &&
      all.findIndex((other) => kind(other) === kind(behaviour)) === index
    )
  })

const slugOf = (behaviour: string): string => behaviour.replaceAll('+', '.')

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll(Object.fromEntries(answers.map((name) => [slugOf(name), [`tokens-3+${name}`]])))
})
afterAll(() => gateway.close())

/** Decodes one answer, whole and as a stream. It throws for what it cannot read. */
interface Client {
  readonly name: string
  /** Answers that the client does not know. */
  readonly unknown?: RegExp
  readonly decode: (model: string) => Promise<void>
}

const ai = (name: string, open: (model: string) => LanguageModel): Client => ({
  name,
  decode: async (slug) => {
    const asked = {
      model: open(slug),
      prompt: 'Hello',
      maxRetries: 0,
      maxOutputTokens: 100,
      providerOptions: { openai: { store: false } },
    }
    await generateText(asked)
    const errors: unknown[] = []
    const streamed = streamText({ ...asked, onError: ({ error }) => void errors.push(error) })
    await streamed.consumeStream()
    if (errors.length > 0) throw errors[0]
    await streamed.finishReason
  },
})

const clients: readonly Client[] = [
  {
    ...ai('messages: @ai-sdk/anthropic', (slug) =>
      createAnthropic({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key })(slug),
    ),
    // No model of Anthropic's answers with pictures.
    unknown: /image/,
  },
  ai('responses: @ai-sdk/openai', (slug) =>
    createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key }).responses(slug),
  ),
  ai('chat: @openrouter/ai-sdk-provider', (slug) =>
    createOpenRouter({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key })(slug),
  ),
  {
    name: 'messages: @anthropic-ai/sdk',
    decode: async (model) => {
      const client = new Anthropic({ apiKey: gateway.key, baseURL: `${gateway.url}/api`, maxRetries: 0 })
      const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] }
      const whole = await client.messages.create(asked)
      const streamed = await client.messages.stream(asked).finalMessage()
      const textOf = ({ content }: Anthropic.Message) =>
        content.map((block) => (block.type === 'text' ? block.text : ''))
      expect(textOf(streamed).join('')).toBe(textOf(whole).join(''))
      expect(kindsOf(streamed.content)).toEqual(kindsOf(whole.content))
      expect(streamed.stop_reason).toBe(whole.stop_reason)
    },
  },
  {
    name: 'responses: openai',
    decode: async (model) => {
      const client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })
      const whole = await client.responses.create({ model, input: 'Hello' })
      const streamed = await client.responses.stream({ model, input: 'Hello' }).finalResponse()
      expect(streamed.output_text).toBe(whole.output_text)
      expect(kindsOf(streamed.output)).toEqual(kindsOf(whole.output))
      expect(streamed.status).toBe(whole.status)
    },
  },
  {
    name: 'responses and chat: @openrouter/sdk',
    decode: async (model) => {
      const serverURL = `${gateway.url}/api/v1`
      const client = new OpenRouter({ apiKey: gateway.key, serverURL, retryConfig: { strategy: 'none' } })
      const asked = { model, input: 'Hello' }
      await client.beta.responses.send({ responsesRequest: { ...asked, stream: false } })
      await drain(await client.beta.responses.send({ responsesRequest: { ...asked, stream: true } }))
      const messages = [{ role: 'user' as const, content: 'Hello' }]
      await client.chat.send({ chatRequest: { model, messages, stream: false } })
      await drain(await client.chat.send({ chatRequest: { model, messages, stream: true } }))
    },
  },
]

/** Some vendors order a whole answer otherwise than a stream of it, and cite only when the text is over. */
const kindsOf = (parts: readonly { readonly type: string }[]): readonly string[] => [
  ...new Set(parts.map(({ type }) => type).toSorted()),
]

async function drain(events: unknown): Promise<void> {
  if (typeof events !== 'object' || events === null || !(Symbol.asyncIterator in events)) throw new Error('no stream')
  let count = 0
  for await (const _ of events as AsyncIterable<unknown>) count++
  expect(count).toBeGreaterThan(0)
}

describe.each(clients)('$name', ({ decode, unknown }) => {
  test.each(languageNames)('every answer in front of %s', async (language) => {
    const failures: Record<string, string> = {}
    for (const behaviour of answers.filter((name) => unknown?.test(name) !== true)) {
      await decode(`${language}/${slugOf(behaviour)}`).catch((error: unknown) => {
        failures[behaviour] = String(error).slice(0, 300)
      })
    }
    expect(failures).toEqual({})
  })
})
