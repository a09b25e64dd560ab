import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'
import { bedrockAt, converse, converseStream } from './bedrock-client.ts'

/** AWS's own client and the gateway read the same server, and must decode the same. */
const models = ['steady', 'reasoning', 'parallel-tool-calls+reasoning', 'citations', 'cached-3', 'tokens-200']

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('converse', Object.fromEntries(models.map((model) => [slugOf(model), model])))
})
afterAll(() => gateway.close())

const slugOf = (model: string): string => `claude-sonnet-4.5-${model.replaceAll('+', '-')}`

test.each(models)('AWS’s client and the gateway decode %s in the same way, streamed or not', async (modelId) => {
  const client = bedrockAt(gateway.upstream.url)
  const input = { modelId, messages: [{ role: 'user' as const, content: [{ text: 'hi' }] }] }
  const { received, reply } = await gateway.ask(slugOf(modelId))
  for (const understood of [await converse(client, input), await converseStream(client, input)]) {
    expect(received).toMatchObject({
      content: understood.text,
      reasoning: understood.reasoning,
      native: understood.stopReason,
      annotations: understood.citations.map((url) => ({ url_citation: { url } })),
    })
    expect(received.reasoningDetails.map(({ signature }) => signature).join('')).toBe(understood.signature)
    expect(received.toolCalls.map(({ name, arguments: text }) => [name, JSON.parse(text)])).toEqual(
      understood.calls.map((call) => [call.name, call.arguments]),
    )
    const { inputTokens = 0, outputTokens, cacheReadInputTokens = 0 } = understood.usage ?? {}
    expect(reply['usage']).toMatchObject({
      prompt_tokens: inputTokens + cacheReadInputTokens,
      completion_tokens: outputTokens,
      prompt_tokens_details: { cached_tokens: cacheReadInputTokens },
    })
  }
})
