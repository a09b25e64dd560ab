/**
 * The baseline: the cost of forwarding without any decision. It uses `node:http` in and undici's `dispatch` out. JSON bodies and every SSE
 * chunk are parsed and serialised again, because a gateway has to read them. Backpressure and aborts work in both directions.
 * Usage: node bare-proxy.ts PORT UPSTREAM_BASE_URL
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { Agent, type Dispatcher } from 'undici'

const [port, upstream] = process.argv.slice(2)
const bodyLimit = 64 * 1024 * 1024
const frameLimit = 32 * 1024 * 1024
const { origin, pathname } = new URL(upstream ?? '')
const agent = new Agent()

createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('ok')
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > bodyLimit) request.destroy()
    else chunks.push(chunk)
  })
  request.on('end', () => forward(request, response, Buffer.concat(chunks)))
}).listen(Number(port), '127.0.0.1')

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const parsed = parse(body.toString())
  if (parsed === undefined) {
    response.writeHead(400).end()
    return
  }
  const headers = {
    'content-type': 'application/json',
    authorization: request.headers.authorization ?? '',
  }
  agent.dispatch(
    { origin, path: `${pathname}/chat/completions`, method: 'POST', headers, body: JSON.stringify(parsed) },
    relayTo(response),
  )
}

/** What to do with the bytes of a reply. `receive` returns whether the client keeps up. */
interface Relay {
  readonly receive: (chunk: Buffer) => boolean
  readonly finish: () => void
}

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  let relay: Relay
  return {
    onRequestStart(controller) {
      response.on('close', () => {
        if (!response.writableFinished) controller.abort(new Error('the client left'))
      })
      response.on('drain', () => controller.resume())
    },
    onResponseStart(_controller, status, headers) {
      const streams = String(headers['content-type']).startsWith('text/event-stream')
      relay = streams ? relayStream(response, status) : relayJson(response, status)
    },
    onResponseData(controller, chunk) {
      if (!relay.receive(chunk)) controller.pause()
    },
    onResponseEnd() {
      relay.finish()
    },
    onResponseError() {
      if (response.headersSent) response.destroy()
      else response.writeHead(502).end()
    },
  }
}

function relayJson(response: ServerResponse, status: number): Relay {
  const chunks: Buffer[] = []
  return {
    receive: (chunk: Buffer) => chunks.push(chunk) > 0,
    finish() {
      const body = Buffer.from(JSON.stringify(parse(Buffer.concat(chunks).toString()) ?? null))
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
    },
  }
}

/** Writes once for each read, however many chunks came with it. */
function relayStream(response: ServerResponse, status: number): Relay {
  const decoder = new StringDecoder()
  let rest = ''
  response.writeHead(status, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  return {
    receive(chunk: Buffer) {
      rest += decoder.write(chunk)
      let out = ''
      let start = 0
      for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n', start)) {
        out += reserialise(rest.slice(start, end))
        start = end + 2
      }
      rest = rest.slice(start)
      if (rest.length > frameLimit) response.destroy()
      return out === '' || response.write(out)
    },
    finish: () => response.end(),
  }
}

function reserialise(event: string): string {
  if (!event.startsWith('data: {')) return `${event}\n\n`
  const chunk = parse(event.slice(6))
  return chunk === undefined ? `${event}\n\n` : `data: ${JSON.stringify(chunk)}\n\n`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
