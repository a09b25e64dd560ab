import { OpenRouter, stepCountIs, tool } from '@openrouter/agent'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type GatewayOfAll, startGatewayOfAll } from '../../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../../protocols/languages/languages.ts'

let gateway: GatewayOfAll
let client: OpenRouter
beforeAll(async () => {
  gateway = await startGatewayOfAll({ steady: ['steady'], calls: ['tool-call'], cut: ['cut-after-2'] })
  client = new OpenRouter({
    apiKey: gateway.key,
    serverURL: `${gateway.url}/api/v1`,
    retryConfig: { strategy: 'none' },
  })
})
afterAll(() => gateway.close())

describe.each(languageNames)('@openrouter/agent in front of %s', (language) => {
  test('an answer, whole and piece by piece', async () => {
    const text = await client.callModel({ model: `${language}/steady`, input: 'Hello' }).getText()
    expect(text).toContain('river')
    const pieces: string[] = []
    const streamed = client.callModel({ model: `${language}/steady`, input: 'Hello' })
    for await (const piece of streamed.getTextStream()) pieces.push(piece)
    expect(pieces.join('')).toBe(text)
  })

  test('a tool is run, and its result goes back to the model', async () => {
    const asked: string[] = []
    const weather = tool({
      name: 'get_weather',
      description: 'Tells the weather.',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => {
        asked.push(city)
        return { weather: 'mild' }
      },
    })
    gateway.upstream.clearJournal()
    const result = client.callModel({
      model: `${language}/calls`,
      input: 'Hello',
      tools: [weather],
      stopWhen: stepCountIs(2),
    })
    await result.getResponse()
    expect(asked.length).toBeGreaterThan(0)
    expect(JSON.stringify(gateway.upstream.journal().at(-1)?.body)).toContain('mild')
  })

  test('a stream that is cut is an error', async () => {
    const result = client.callModel({ model: `${language}/cut`, input: 'Hello' })
    await expect(result.getText()).rejects.toThrow(/./)
  })
})
