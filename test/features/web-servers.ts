import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** A server on a loopback port, with the requests that it received. */
export interface TestServer {
  readonly url: string
  readonly requests: readonly { readonly url: string; readonly body: string }[]
  close(): Promise<void>
}

export async function startServer(
  respond: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<TestServer> {
  const requests: { url: string; body: string }[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      requests.push({ url: request.url ?? '', body })
      respond(request, response, body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface Found {
  readonly url: string
  readonly title: string
  readonly content: string
}

/** Starts a server that answers as SearXNG does. */
export const startSearxng = (results: readonly Found[]): Promise<TestServer> =>
  startServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ query: 'q', number_of_results: results.length, results }))
  })

/** Starts a server of pages. A page is a text with its content type, or a function that answers. */
export const startPages = (
  pages: Readonly<Record<string, string | ((response: ServerResponse) => void)>>,
): Promise<TestServer> =>
  startServer((request, response) => {
    const page = pages[request.url ?? '']
    if (page === undefined) return void response.writeHead(404).end('nothing')
    if (typeof page === 'function') return page(response)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(page)
  })

/** Starts an upstream that answers every chat with these pieces of text, as a stream or as JSON. */
export const startWriter = (pieces: readonly string[]): Promise<TestServer> =>
  startServer((_, response, body) => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    if (JSON.parse(body).stream !== true) {
      response.setHeader('content-type', 'application/json')
      const message = { role: 'assistant', content: pieces.join('') }
      response.end(
        JSON.stringify({
          id: 'c',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage,
        }),
      )
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    const chunk = (choices: object[], more: object = {}) =>
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`,
      )
    for (const content of pieces) chunk([{ index: 0, delta: { content }, finish_reason: null }])
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])
    chunk([], { usage })
    response.end('data: [DONE]\n\n')
  })
