import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of Anthropic. Its own SDK reads them as they are and through the gateway, and must find the same. */
const names = [
  'anthropic-text',
  'anthropic-tool-no-args',
  'anthropic-refusal',
  'anthropic-clear-thinking.1',
  'anthropic-json-output-format.1',
  'anthropic-json-tool.1',
  'anthropic-web-search-tool.1',
]
const whole = [...names, 'anthropic-claude-opus-5-reasoning-high.1'].map((name) => `anthropic/${name}.json`)
const streamed = names.map((name) => `anthropic/${name}.chunks.txt`)

describe.each(replyFolders)('POST /messages in front of Anthropic: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let direct: Anthropic
  let through: Anthropic
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`,
    })
    const provider = { protocol: 'messages', base_url: `${replay.url}/v1`, api_key: 'upstream-secret' }
    const endpoint = (model: string) => ({ provider: 'prov-a', model, pricing: { prompt: 1, completion: 2 } })
    gateway = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        [...whole, ...streamed].map((model) => [slugOf(model), { endpoints: [endpoint(model)] }]),
      ),
    })
    direct = new Anthropic({ apiKey: 'upstream-secret', baseURL: replay.url, maxRetries: 0 })
    through = new Anthropic({ apiKey: gateway.key, baseURL: gateway.url, maxRetries: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1)}`
  const ask = (model: string) =>
    ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }) satisfies Anthropic.MessageCreateParams

  test.each(whole)('%s', async (name) => {
    const said = await direct.messages.create(ask(name))
    const reply = await through.messages.create(ask(slugOf(name)))
    expect(meaningOf(reply)).toEqual(meaningOf(said))
    expect(Object(reply).context_management).toEqual(Object(said).context_management)
    expect(meaningOf(await through.messages.stream(ask(slugOf(name))).finalMessage())).toEqual(meaningOf(said))
  })

  test.each(streamed)('%s', async (name) => {
    const said = meaningOf(await direct.messages.stream(ask(name)).finalMessage())
    expect(meaningOf(await through.messages.stream(ask(slugOf(name))).finalMessage())).toEqual(said)
    expect(meaningOf(await through.messages.create(ask(slugOf(name))))).toEqual(said)
  })
})

/** What a reply says, without the names that every host gives anew, and without what the gateway adds. */
function meaningOf(message: Anthropic.Message): object {
  const { id: _, model: __, usage, ...said } = message
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage
  const counts = { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens }
  const plain: Record<string, unknown> = JSON.parse(JSON.stringify({ ...said, usage: counts }))
  // The SDK does not read the last one in streams.
  for (const other of ['provider', 'parsed_output', 'context_management']) delete plain[other]
  return withoutNulls(plain)
}

/** A key that is null means the same as one that is absent; every call is a direct one unless it says otherwise. */
function withoutNulls(value: object): object {
  const { stop_details = null, stop_sequence = null, container = null, ...rest } = Object(value)
  const content = rest.content.map((block: Readonly<Record<string, unknown>>) => {
    const { citations, caller, parsed_output: _, ...said } = block
    const isCited = Array.isArray(citations) && citations.length > 0
    const isDirect = JSON.stringify(caller ?? { type: 'direct' }) === '{"type":"direct"}'
    return { ...said, ...(isCited && { citations }), ...(!isDirect && { caller }) }
  })
  return { ...rest, content, stop_details, stop_sequence, container }
}
