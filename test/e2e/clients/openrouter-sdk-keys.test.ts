import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenRouter } from '@openrouter/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toRecordText } from '../../../src/canonical/record-text.ts'
import { openStorage } from '../../../src/storage/open-storage.ts'
import { generationRecord } from '../../contract/generation-record.ts'
import { eventually } from '../../faults/eventually.ts'
import { startGateway, type TestGateway, testKey } from '../../gateway.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'

let directory: string
let gateway: TestGateway
let admin: OpenRouter
let client: OpenRouter
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-sdk-keys-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  const books = await openStorage(url)
  await books.generations.write([
    toRecordText(generationRecord({ id: 'gen-1', createdAt: Date.now() - 86_400_000, cost: 2_000_000 })),
  ])
  await books.close()
  gateway = await startGateway({
    storage: { url },
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
    accounts: { default: { log_content: true } },
  })
  const serverURL = `${gateway.url}/api/v1`
  admin = new OpenRouter({ serverURL, apiKey: adminKey })
  client = new OpenRouter({ serverURL, apiKey: testKey })
})
afterAll(async () => {
  await gateway.close()
  await rm(directory, { recursive: true })
})

test('contract rows 64 and 69: makes, lists, reads, changes and deletes a key', async () => {
  const made = await admin.apiKeys.create({
    requestBody: {
      ...{ name: 'ours', limit: 10, limitReset: 'monthly', includeByokInLimit: true },
      expiresAt: new Date('2099-01-01T00:00:00Z'),
    },
  })
  expect(made).toMatchObject({
    key: expect.stringMatching(/^sk-or-v1-/),
    data: { name: 'ours', limitRemaining: 10, includeByokInLimit: true },
  })
  const { hash } = made.data
  const listed = await admin.apiKeys.list()
  expect(Array.from(listed.data, ({ name }) => name)).toEqual(['test', 'ours'])
  expect((await admin.apiKeys.get({ hash })).data).toMatchObject({ hash, limitReset: 'monthly' })
  const changed = await admin.apiKeys.update({
    hash,
    requestBody: { disabled: true, limit: null, includeByokInLimit: false },
  })
  expect(changed.data).toMatchObject({ disabled: true, limit: null, includeByokInLimit: false })
  expect(await admin.apiKeys.delete({ hash })).toEqual({ deleted: true })
})

test('contract row 69: the credits and the activity', async () => {
  expect((await admin.credits.getCredits()).data).toEqual({ totalCredits: 0, totalUsage: 0.002 })
  expect(await admin.analytics.getUserActivity()).toMatchObject({
    data: [{ usage: 0.002, requests: 1, byokUsageInference: 0 }],
  })
})

test('contract row 69: the content of a generation, and feedback on it', async () => {
  const reply = await gateway.chat({})
  const id = reply.headers.get('x-generation-id') ?? ''
  const { data } = await eventually(() => client.generations.listGenerationContent({ id }).catch(() => null))
  expect(data).toMatchObject({ input: { messages: [{ role: 'user', content: 'hi' }] }, error: null })
  const feedback = { generationId: id, category: 'latency', comment: 'slow' } as const
  const given = await admin.generations.submitFeedback({ submitGenerationFeedbackRequest: feedback })
  expect(given.data).toEqual({ success: true })
})
