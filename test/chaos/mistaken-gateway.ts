import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StartGateway } from '../../src/chaos/play-faults.ts'

/**
 * The mistakes of a gateway. `optimist`: what came of an answer is the answer, and refusals of providers are passed on. `stubborn`: calls the
 * first endpoint again and again, waits for `[DONE]`, reads each chunk of bytes by itself, and goes on when its client has left.
 */
export type Mistakes = 'optimist' | 'stubborn'

/** Returns how to start a gateway that makes mistakes. It has one endpoint, and only chat completions. */
export const mistakenGateway =
  (mistakes: Mistakes): StartGateway =>
  async ({ providers, models }) => {
    const endpoint = models[0]?.endpoints.toSorted(
      (one, other) => (one.pricing.prompt ?? 0) - (other.pricing.prompt ?? 0),
    )[0]
    const base = providers.find(({ slug }) => slug === endpoint?.provider)?.baseUrl
    const call = (stream: boolean, signal?: AbortSignal): Promise<Response> =>
      fetch(`${base}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: endpoint?.model, stream, messages: [{ role: 'user', content: 'hi' }] }),
        // Longer than the fault `client-leaves` watches what the gateway does.
        signal: signal ?? AbortSignal.timeout(4_000),
      })
    const handle = mistakes === 'optimist' ? beOptimistic : beStubborn
    const server = createServer((request, response) => {
      if (request.method === 'GET') return json(response, 200, { data: { usage: 1, total_cost: 2 } })
      handle(request, response, call).catch(() => finish(response))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
  }

type Call = (stream: boolean, signal?: AbortSignal) => Promise<Response>

async function beOptimistic(request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
  let body = ''
  for await (const bytes of request) body += String(bytes)
  const stream = body.includes('"stream":true')
  const upstream = await call(stream).catch(() => null)
  if (upstream !== null && !upstream.ok)
    return json(response, upstream.status, { error: { code: upstream.status, message: '' } })
  if (!stream) {
    const message = { content: contentOf((await upstream?.text().catch(() => '')) ?? '') }
    return json(response, 200, { choices: [{ message, finish_reason: 'stop' }] })
  }
  start(response)
  let rest = ''
  const decoder = new TextDecoder()
  try {
    for await (const bytes of upstream?.body ?? []) {
      rest += decoder.decode(bytes, { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.includes('{') && !line.endsWith('}')) return finish(response)
        write(response, contentOf(line))
      }
    }
  } catch {
    // What came is the answer.
  }
  finish(response)
}

async function beStubborn(_request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
  start(response)
  for (let tries = 0; tries < 20; tries++) {
    const upstream = await call(true, AbortSignal.timeout(tries < 2 ? 600 : 100)).catch(() => null)
    if (upstream?.ok !== true) continue
    let text = ''
    let done = false
    try {
      for await (const bytes of upstream.body ?? []) {
        const chunk = Buffer.from(bytes).toString()
        for (const line of chunk.split('\n')) {
          text += contentOf(line)
          done ||= line.includes('[DONE]')
          write(response, contentOf(line))
        }
      }
    } catch {
      continue
    }
    if (done) return finish(response)
    return void response.end(data({ error: { code: 502, message: `${text.length} characters` }, choices: [] }))
  }
  response.end(data({ error: { code: 500, message: 'gave up' }, choices: [] }))
}

const start = (response: ServerResponse): unknown =>
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-generation-id': 'gen-1' })

const data = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

const write = (response: ServerResponse, content: string): unknown =>
  content !== '' && response.write(data({ choices: [{ delta: { content }, finish_reason: null }] }))

const finish = (response: ServerResponse): void =>
  void response.end(
    `${data({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: { completion_tokens: 1, cost: 3 } })}data: [DONE]\n\n`,
  )

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function contentOf(line: string): string {
  try {
    const [choice] = JSON.parse(line.replace(/^data: /, '')).choices
    const { content } = choice.delta ?? choice.message
    return typeof content === 'string' ? content : ''
  } catch {
    return ''
  }
}
