import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

/** Replies of OpenAI and Azure. OpenAI's own SDK reads them as they are and through the gateway, and must find the same. */
const whole = ['azure/azure-text.1.json', 'openai/openai-reasoning-encrypted-content.1.json']
const turns = [1, 2, 3, 4].map((turn) => `openai/openai-reasoning-encrypted-content.1.chunks.txt#${turn}`)
const streamed = ['azure/azure-text.1.chunks.txt', ...turns]

describe.each(replyFolders)('POST /responses in front of OpenAI: $name', (folder) => {
  let replay: Replay
  let gateway: TestGateway
  let direct: OpenAI
  let through: OpenAI
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`,
      begins: (line) => JSON.parse(line).type === 'response.created',
    })
    const provider = { protocol: 'responses', base_url: replay.url, api_key: 'upstream-secret' }
    const endpoint = (model: string) => ({ provider: 'prov-a', model, pricing: { prompt: 1, completion: 2 } })
    gateway = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        [...whole, ...streamed].map((model) => [slugOf(model), { endpoints: [endpoint(model)] }]),
      ),
    })
    direct = new OpenAI({ apiKey: 'upstream-secret', baseURL: replay.url, maxRetries: 0 })
    through = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1).replace('#', '.')}`

  test.each(whole)('%s', async (name) => {
    const said = meaningOf(await direct.responses.create({ model: name, input: 'hi' }))
    const request = { model: slugOf(name), input: 'hi' }
    expect(meaningOf(await through.responses.create(request))).toEqual(said)
    expect(meaningOf(await through.responses.stream(request).finalResponse())).toEqual(said)
  })

  test.each(streamed)('%s', async (name) => {
    const said = meaningOf(await direct.responses.stream({ model: name, input: 'hi' }).finalResponse())
    const request = { model: slugOf(name), input: 'hi' }
    expect(meaningOf(await through.responses.stream(request).finalResponse())).toEqual(said)
    expect(meaningOf(await through.responses.create(request))).toEqual(said)
  })
})

/** What a response says: its items without the ids that every host gives anew, its end and its counts. */
function meaningOf({ output, status, incomplete_details, error, usage }: OpenAI.Responses.Response): object {
  const { input_tokens, output_tokens, total_tokens, output_tokens_details } = usage ?? {}
  const items: unknown = JSON.parse(
    JSON.stringify(output, (name, value: unknown) => {
      if (['id', 'parsed', 'parsed_arguments'].includes(name)) return undefined
      // What is encrypted is told anew in each event; each of them can be read.
      return name === 'encrypted_content' ? typeof value : value
    }),
  )
  const counts = { input_tokens, output_tokens, total_tokens, reasoning: output_tokens_details?.reasoning_tokens }
  return { items, status, incomplete_details: incomplete_details ?? null, error: error ?? null, counts }
}
