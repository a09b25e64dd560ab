import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject, generation, readJson } from '../acceptance/exchange.ts'
import { anthropicShapes } from '../fixtures/usage-shapes/anthropic.ts'
import { bedrockShapes } from '../fixtures/usage-shapes/bedrock.ts'
import { chatFamilyShapes } from '../fixtures/usage-shapes/chat-family.ts'
import { cohereShapes } from '../fixtures/usage-shapes/cohere.ts'
import { geminiShapes } from '../fixtures/usage-shapes/gemini.ts'
import { oddShapes } from '../fixtures/usage-shapes/oddities.ts'
import { openAiShapes } from '../fixtures/usage-shapes/openai.ts'
import { responsesShapes } from '../fixtures/usage-shapes/responses.ts'
import { namedSse, type UsageShape } from '../fixtures/usage-shapes/usage-shape.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { eventually } from './eventually.ts'

const shapes = [
  ...openAiShapes,
  ...chatFamilyShapes,
  ...oddShapes,
  ...anthropicShapes,
  ...geminiShapes,
  ...bedrockShapes,
  ...responsesShapes,
  ...cohereShapes,
].map((shape, index) => ({ ...shape, slug: `row-${index}` }))

/** The beginning of a stream in Anthropic's protocol, which counts its prompt and the first token, and 400 characters of answer. */
const unended = namedSse([
  { type: 'message_start', message: { id: 'msg_1', content: [], usage: { input_tokens: 25, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'word'.repeat(100) } },
])

/** The first part of a path is the row. */
const upstream = createServer((request, response) => {
  const row = request.url?.split('/')[1]
  const shape = shapes.find(({ slug }) => slug === row)
  request.resume().on('end', () => {
    if (row === 'unended') return response.writeHead(200, { 'content-type': unended.contentType }).write(unended.body)
    if (shape === undefined) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': shape.answer.contentType }).end(shape.answer.body)
  })
})

let directory: string
let gateway: TestGateway
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-usage-'))
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : undefined
  gateway = await startGateway({
    storage: { url: `sqlite:${join(directory, 'usage.db')}` },
    providers: Object.fromEntries([
      ...['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url: `http://127.0.0.1:${port}/${slug}` }]),
      ...[...shapes, { slug: 'unended', protocol: 'messages' }].map(({ slug, protocol }) => [
        slug,
        { protocol, base_url: `http://127.0.0.1:${port}/${slug}`, api_key: 'upstream-secret' },
      ]),
    ]),
    models: Object.fromEntries(
      [...shapes, { slug: 'unended', prices: { prompt: 3, completion: 15 } }].map(({ slug, prices }) => [
        `test/${slug}`,
        { input_modalities: ['text', 'image'], output_modalities: ['text'], endpoints: endpointsOf(slug, prices) },
      ]),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  upstream.close()
  upstream.closeAllConnections()
  await rm(directory, { recursive: true })
})

function endpointsOf(provider: string, prices: UsageShape['prices']): readonly object[] {
  if (!('byTier' in prices)) return [{ provider, model: 'm', pricing: prices }]
  return Object.entries(asObject(prices['byTier'])).map(([tier, pricing]) => ({
    provider,
    model: 'm',
    tier,
    tag: tier === 'default' ? provider : `${provider}/${tier}`,
    pricing,
  }))
}

/** Returns the reply's id and its `usage`: in a stream that of the last chunk. */
async function ask({ answer, request }: UsageShape, model: string): Promise<{ id: unknown; usage: unknown }> {
  if (answer.contentType === 'application/json') {
    const { status, body } = await readJson(gateway.chat({ model, ...request }))
    expect({ status, error: body['error'] }).toEqual({ status: 200, error: undefined })
    return { id: body['id'], usage: body['usage'] }
  }
  const { chunks, done } = await readStream(await gateway.chat({ model, stream: true, ...request }))
  const last = chunks.at(-1)
  expect({ done, error: last?.error }).toEqual({ done: true, error: undefined })
  expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
  return { id: last?.id, usage: last?.usage }
}

/** Reads the parts of a record that the API does not show, once it is written. */
function onDisk(id: unknown): unknown {
  const database = new DatabaseSync(join(directory, 'usage.db'), { readOnly: true })
  try {
    const columns = 'cost, prompt_cost, completion_cost, other_cost, cost_provenance, cache_write_tokens'
    return database.prepare(`SELECT ${columns} FROM generation WHERE id = ?`).get(String(id))
  } finally {
    database.close()
  }
}

/** Converts nano-USD to USD: both have the same digits. */
const usd = (nano: number): number => Number(`${nano}e-9`)

describe('the usage that vendors report, and its cost', () => {
  test('the table has rows enough, each of its own name', () => {
    expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length)
    expect(shapes.length).toBeGreaterThanOrEqual(60)
  })

  test.each(shapes)('$name', async (shape) => {
    const { expected, nano, provenance = 'derived', tier = null } = shape
    const [promptCost, completionCost, otherCost, cost] = nano
    expect(promptCost + completionCost + otherCost).toBe(cost)

    const { id, usage } = await ask(shape, `test/${shape.slug}`)
    expect(usage).toEqual({
      prompt_tokens: expected.prompt,
      completion_tokens: expected.completion,
      total_tokens: expected.prompt + expected.completion,
      cost: usd(cost),
      is_byok: false,
      prompt_tokens_details: {
        cached_tokens: expected.cached ?? 0,
        cache_write_tokens: expected.written,
        audio_tokens: expected.promptAudio,
        video_tokens: expected.promptVideo,
      },
      completion_tokens_details: {
        reasoning_tokens: expected.reasoning ?? 0,
        audio_tokens: expected.audio,
        image_tokens: expected.image,
        accepted_prediction_tokens: expected.accepted,
        rejected_prediction_tokens: expected.rejected,
      },
      cost_details: {
        upstream_inference_cost: null,
        upstream_inference_prompt_cost: usd(promptCost),
        upstream_inference_completions_cost: usd(completionCost),
      },
      ...(expected.searches !== undefined && {
        server_tool_use_details: { web_search_requests: expected.searches },
        server_tool_use: { web_search_requests: expected.searches },
      }),
    })

    expect(await generation(gateway, id)).toMatchObject({
      total_cost: usd(cost),
      native_tokens_prompt: expected.prompt,
      native_tokens_completion: expected.completion,
      native_tokens_cached: expected.cached ?? null,
      native_tokens_reasoning: expected.reasoning ?? null,
      native_tokens_completion_images: expected.image ?? null,
      service_tier: tier,
    })
    expect(await eventually(() => onDisk(id))).toEqual({
      cost,
      prompt_cost: promptCost,
      completion_cost: completionCost,
      other_cost: otherCost,
      cost_provenance: provenance,
      cache_write_tokens: expected.written ?? null,
    })
  })

  test('a client that disconnects pays for what was sent to it, not for the one token that was counted at the start', async () => {
    const leaving = new AbortController()
    const reply = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'test/unended', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      signal: leaving.signal,
    })
    await reply.body?.getReader().read()
    leaving.abort()
    expect(await eventually(() => onDisk(reply.headers.get('x-generation-id')))).toEqual({
      // 25·3 | the one counted token, and 400 characters after it at about four per token: 101·15
      cost: 1_590_000,
      prompt_cost: 75_000,
      completion_cost: 1_515_000,
      other_cost: 0,
      cost_provenance: 'estimated',
      cache_write_tokens: null,
    })
  })
})
