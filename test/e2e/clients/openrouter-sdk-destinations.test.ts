import { OpenRouter } from '@openrouter/sdk'
import type { CreateObservabilityDestinationRequest, ObservabilityDestination } from '@openrouter/sdk/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminKey } from '../../byok-gateway.ts'
import { startGateway, type TestGateway, testKey } from '../../gateway.ts'
import { type Receiver, startReceiver } from '../../telemetry/receiver.ts'

let gateway: TestGateway
let receiver: Receiver
let client: OpenRouter
beforeAll(async () => {
  receiver = await startReceiver()
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
    fetch: { allow: ['127.0.0.1'] },
  })
  client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: adminKey })
})
afterAll(async () => {
  await gateway.close()
  await receiver.close()
})

/** A destination of a type that the SDK knows. */
function known(destination: ObservabilityDestination) {
  if (destination.type === 'UNKNOWN') throw new Error(`The SDK cannot read ${JSON.stringify(destination)}.`)
  return destination
}

const secret = 'secret-of-a-destination-0123456789-AbCd'

test('the official SDK creates, lists, reads, changes and deletes a destination of every type', async () => {
  const wanted: readonly Pick<CreateObservabilityDestinationRequest, 'type' | 'config'>[] = [
    { type: 'webhook', config: { url: receiver.url } },
    { type: 'otel-collector', config: { endpoint: receiver.url } },
    { type: 'langfuse', config: { publicKey: 'pk', secretKey: secret } },
    { type: 'posthog', config: { apiKey: secret } },
    { type: 'clickhouse', config: { host: 'https://clickhouse.example.com' } },
    { type: 's3', config: { bucketName: 'traces', accessKeyId: 'AKID', secretAccessKey: secret } },
  ]
  for (const { type, config } of wanted) {
    const { data } = await client.observability.create({
      createObservabilityDestinationRequest: { type, name: `my ${type}`, config, regions: ['eu', 'global'] },
    })
    const created = known(data)
    expect(created).toMatchObject({ type, name: `my ${type}`, regions: ['europe', 'global'], samplingRate: 1 })
    expect((await client.observability.get({ id: created.id })).data).toEqual(created)
    const { data: changed } = await client.observability.update({
      id: created.id,
      updateObservabilityDestinationRequest: { samplingRate: 0.5, config: { ...created.config } },
    })
    const updated = known(changed)
    expect(updated).toEqual({ ...created, samplingRate: 0.5, updatedAt: updated.updatedAt })
  }
  const listed = (await client.observability.list({})).result.data.map(known)
  expect(listed.map(({ type }) => type)).toEqual(wanted.map(({ type }) => type))
  for (const { id } of listed) {
    expect(await client.observability.delete({ id })).toMatchObject({ deleted: true })
    await expect(client.observability.get({ id })).rejects.toMatchObject({ statusCode: 404 })
  }
})
