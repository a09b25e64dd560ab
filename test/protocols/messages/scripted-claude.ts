import { once } from 'node:events'
import { createServer } from 'node:http'
import { startGateway, type TestGateway } from '../../gateway.ts'

/** Starts a gateway in front of an upstream with scripted replies, for replies that the simulator does not produce. */
export interface Scripted extends TestGateway {
  /** Sets what the upstream sends: the events of a stream, or a JSON body. */
  say(reply: readonly object[] | string, status?: number): void
}

export async function startScripted(): Promise<Scripted> {
  let reply: readonly object[] | string = ''
  let status = 200
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => {
      const isWhole = typeof reply === 'string'
      response.writeHead(status, { 'content-type': isWhole ? 'application/json' : 'text/event-stream' })
      response.end(typeof reply === 'string' ? reply : eventStream(reply))
    })
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
    say(said, code = 200) {
      reply = said
      status = code
    },
    async close() {
      await gateway.close()
      upstream.close()
    },
  }
}

/** The events in Anthropic's framing. */
const eventStream = (events: readonly object[]): string =>
  events.map((event) => `event: ${Object(event).type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
