import { OpenRouter } from '@openrouter/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway, testKey } from '../../gateway.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'

let gateway: TestGateway
let client: OpenRouter
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
  })
  client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: adminKey })
})
afterAll(() => gateway.close())

test('the official SDK creates, lists, reads, changes and deletes a key for a provider', async () => {
  const key = 'sk-provider-secret-of-a-client-0123AbCd'
  const { data: created } = await client.byok.create({
    createBYOKKeyRequest: { provider: 'openai', key, name: 'Ours', allowedModels: ['acme/m1'], declaredZdr: true },
  })
  expect(created).toMatchObject({ provider: 'openai', label: 'sk-...AbCd', name: 'Ours', declaredZdr: true })
  const listed = await client.byok.list({ provider: 'openai' })
  expect(listed.result).toEqual({ data: [created], totalCount: 1 })
  expect((await client.byok.get({ id: created.id })).data).toEqual(created)
  const { data: updated } = await client.byok.update({
    id: created.id,
    updateBYOKKeyRequest: { disabled: true, allowedModels: null },
  })
  expect(updated).toEqual({ ...created, disabled: true, allowedModels: null })
  expect(await client.byok.delete({ id: created.id })).toMatchObject({ deleted: true })
  await expect(client.byok.get({ id: created.id })).rejects.toMatchObject({ statusCode: 404 })
})

test('the refusal of an inference key is an error that the SDK understands', async () => {
  const inference = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: testKey })
  const request = { createBYOKKeyRequest: { provider: 'openai', key: 'sk-provider-secret-of-a-client' } } as const
  await expect(inference.byok.create(request)).rejects.toMatchObject({
    name: 'ForbiddenResponseError',
    statusCode: 403,
  })
})
