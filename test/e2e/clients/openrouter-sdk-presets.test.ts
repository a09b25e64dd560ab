import { OpenRouter } from '@openrouter/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway, testKey } from '../../gateway.ts'

let gateway: TestGateway
let client: OpenRouter
beforeAll(async () => {
  gateway = await startGateway()
  client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: testKey })
})
afterAll(() => gateway.close())

const messages = [{ role: 'user', content: 'Hello' }] as const

test('contract §8.B: the official SDK stores presets of three surfaces, lists and reads them, and uses one', async () => {
  const { data: first } = await client.presets.createPresetsChatCompletions({
    slug: 'ours',
    chatRequest: {
      model: 'acme/m1',
      temperature: 0.5,
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
    },
  })
  expect(first).toMatchObject({
    slug: 'ours',
    status: 'active',
    designatedVersion: { version: 1, config: { model: 'acme/m1', temperature: 0.5 }, systemPrompt: 'Be brief.' },
  })
  const { data: second } = await client.presets.createPresetsMessages({
    slug: 'ours',
    messagesRequest: { model: 'acme/m2', maxTokens: 10, messages: [...messages] },
  })
  expect(second.designatedVersion).toMatchObject({ version: 2, config: { model: 'acme/m2', max_tokens: 10 } })
  const { data: other } = await client.presets.createPresetsResponses({
    slug: 'other',
    responsesRequest: { model: 'acme/m1', input: 'Hello', instructions: 'Be brief.' },
  })
  expect(other.designatedVersion).toMatchObject({ systemPrompt: 'Be brief.' })

  const pages = []
  for await (const { result } of await client.presets.list({ limit: 1 })) pages.push(...result.data)
  expect(pages.map(({ slug }) => slug)).toEqual(['other', 'ours'])
  expect((await client.presets.get({ slug: 'ours' })).data).toEqual(second)
  const { result } = await client.presets.listVersions({ slug: 'ours' })
  expect(result).toEqual({ data: [first.designatedVersion, second.designatedVersion], totalCount: 2 })
  const { data: version } = await client.presets.getVersion({ slug: 'ours', version: '1' })
  expect(version).toEqual(first.designatedVersion)

  const answer = await client.chat.send({ chatRequest: { model: '@preset/ours', messages: [...messages] } })
  expect(answer).toMatchObject({ model: 'acme/m2' })
})

test('contract §8.B: the refusals are errors that the SDK understands', async () => {
  await expect(client.presets.get({ slug: 'none' })).rejects.toMatchObject({
    name: 'NotFoundResponseError',
    statusCode: 404,
  })
  const chatRequest = { model: '@preset/ours', messages: [...messages] }
  const refused = client.presets.createPresetsChatCompletions({ slug: 'again', chatRequest })
  await expect(refused).rejects.toMatchObject({ name: 'BadRequestResponseError', statusCode: 400 })
})
