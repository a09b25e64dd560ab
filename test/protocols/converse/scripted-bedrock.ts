import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import { startGateway, type TestGateway } from '../../gateway.ts'

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
)

/** Returns a frame as AWS's own codec writes it. The names of headers are given without their colon. */
export const awsFrame = (headers: Readonly<Record<string, string>>, body: object): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [`:${name}`, { type: 'string', value }]),
    ),
    body: Buffer.from(JSON.stringify(body)),
  })

export const event = (type: string, body: object): Uint8Array =>
  awsFrame({ 'message-type': 'event', 'event-type': type }, body)

export const streamed = (response: ServerResponse, ...frames: readonly Uint8Array[]): void => {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(Buffer.concat(frames))
}

type Script = (response: ServerResponse, isStream: boolean) => void

/** Starts a gateway in front of an upstream with scripted replies, by the name of the model. */
export async function startScriptedBedrock(
  scripts: Readonly<Record<string, Script>>,
  pricing: object = { prompt: 1, completion: 2 },
): Promise<TestGateway> {
  const upstream = createServer((request, response) => {
    const [model = '', operation] = request.url?.split('/').slice(-2) ?? []
    request.resume().on('end', () => scripts[decodeURIComponent(model)]?.(response, operation === 'converse-stream'))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const provider = {
    name: 'Bedrock House',
    protocol: 'converse',
    base_url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    api_key: 'bedrock-secret',
  }
  const gateway = await startGateway({
    providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
    models: Object.fromEntries(
      Object.keys(scripts).map((model) => [`test/${model}`, { endpoints: [{ provider: 'prov-a', model, pricing }] }]),
    ),
  })
  return {
    ...gateway,
    async close() {
      await gateway.close()
      upstream.close()
    },
  }
}
