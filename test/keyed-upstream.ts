import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'

/** A provider that answers by the key of the call: `…-refused-401-…` is refused with 401, any other is served. */
export interface KeyedUpstream {
  readonly url: string
  /** The calls in their order: the first part of the address, and the key. */
  readonly calls: readonly string[]
  /** The last call's address, headers and body. */
  last(): { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }
  clear(): void
  close(): void
}

/** The answer uses 1000 prompt tokens and 500 completion tokens. */
const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 }

export async function startKeyedUpstream(): Promise<KeyedUpstream> {
  const calls: string[] = []
  let last: ReturnType<KeyedUpstream['last']> = { url: '', headers: {}, body: null }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const { url = '', headers } = request
    const body = JSON.parse(text)
    last = { url, headers, body }
    const key = headers.authorization?.replace('Bearer ', '') ?? String(headers['api-key'] ?? '')
    calls.push(`${url.split('/')[1]} ${key}`)
    const status = Number(/refused-(\d+)/.exec(key)?.[1] ?? 200)
    const json = (object: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object))
    if (status !== 200) {
      const code = `invalid_${key}`
      json({ error: { message: `Wrong key ${key}, ${Buffer.from(key).toString('base64')}`, code, param: { headers } } })
    } else if (url.includes('/converse')) {
      const message = { role: 'assistant', content: [{ text: 'served' }] }
      const counted = { inputTokens: 1000, outputTokens: 500, totalTokens: 1500 }
      json({ output: { message }, stopReason: 'end_turn', usage: counted })
    } else if (body.stream === true) {
      const chunk = (choices: readonly object[], more = {}) =>
        `data: ${JSON.stringify({ id: 'up-1', object: 'chat.completion.chunk', choices, ...more })}\n\n`
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk([{ index: 0, delta: { role: 'assistant', content: 'served' }, finish_reason: null }]))
      response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]))
      response.end(`${chunk([], { usage })}data: [DONE]\n\n`)
    } else {
      const message = { role: 'assistant', content: 'served' }
      json({ id: 'up-1', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    calls,
    last: () => last,
    clear: () => void calls.splice(0),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
