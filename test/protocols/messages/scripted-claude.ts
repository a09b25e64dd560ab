import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { startGateway, type TestGateway } from '../../gateway.ts'

/** A gateway before an upstream that answers every request as it is told: for replies that no rule makes. */
export async function startScripted(
  answer: (response: ServerResponse, body: Readonly<Record<string, unknown>>) => void,
): Promise<TestGateway> {
  const upstream = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => (text += piece))
    request.on('end', () => answer(response, Object(JSON.parse(text))))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : ''
  const provider = { protocol: 'messages', base_url: `http://127.0.0.1:${port}/v1`, api_key: 'upstream-secret' }
  const gateway = await startGateway({
    providers: { 'prov-a': { ...provider, name: 'Claude House' }, 'prov-b': provider, 'prov-c': provider },
    models: {
      'acme/m1': {
        reasoning: {},
        endpoints: [{ provider: 'prov-a', model: 'claude-sonnet-4-5', pricing: { prompt: 1, completion: 2 } }],
      },
    },
  })
  return {
    ...gateway,
    async close() {
      await gateway.close()
      upstream.close()
    },
  }
}

/** The bytes of a stream of these events, as Anthropic frames them. */
export const eventStream = (events: readonly object[]): string =>
  events.map((event) => `event: ${Object(event).type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
