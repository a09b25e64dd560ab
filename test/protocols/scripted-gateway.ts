import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { startGateway, type TestGateway } from '../gateway.ts'

type Answer = (response: ServerResponse, headers: IncomingHttpHeaders) => void

export interface ScriptedGateway extends TestGateway {
  /** Sets the upstream's reply. */
  answers(answer: Answer): void
}

/**
 * Starts a gateway in front of an upstream with scripted replies, for replies that the simulator does not produce. The model is `test/m`.
 */
export async function startScriptedGateway(
  protocol: string,
  provider: Readonly<Record<string, unknown>> = { api_key: 'upstream-secret' },
): Promise<ScriptedGateway> {
  let answer: Answer = (response) => response.writeHead(500).end()
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => answer(response, request.headers))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const base_url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
  const usual = { protocol, base_url, ...provider }
  const gateway = await startGateway({
    providers: { 'prov-a': { ...usual, name: 'Prov A' }, 'prov-b': usual, 'prov-c': usual },
    models: {
      'test/m': { endpoints: [{ provider: 'prov-a', model: 'm', pricing: { prompt: 1, completion: 2 } }] },
    },
  })
  return {
    ...gateway,
    answers: (next) => {
      answer = next
    },
    async close() {
      await gateway.close()
      upstream.close()
    },
  }
}

export const asJson = (body: object, status = 200): Answer => {
  return (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Returns events that are named by their type. */
export const asEvents = (events: readonly object[]): Answer => {
  const text = events.map((event) => `event: ${Object(event).type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  return (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text)
}
