import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { arrayOf, isObject, type JsonObject } from '../../src/util/json.ts'

/** What the provider answers one request with. */
export interface Reply {
  readonly text?: string
  readonly finish?: string
  readonly status?: number
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
}

/** A provider of chat completions that answers what a test says, and keeps what it was sent. */
export interface ScriptedProvider {
  readonly url: string
  readonly received: readonly JsonObject[]
  /** Forgets what was received. */
  clear(): void
  close(): Promise<void>
}

export async function startProvider(reply: (body: JsonObject, index: number) => Reply): Promise<ScriptedProvider> {
  const received: JsonObject[] = []
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const given = reply(body, received.push(body) - 1)
      if (given.status !== undefined) {
        response.writeHead(given.status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { message: 'Scripted.' } }))
        return
      }
      if (body['stream'] !== true) {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(whole(given)))
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const chunk of chunks(given)) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
      response.end('data: [DONE]\n\n')
    })
  })
  const url = await listen(server)
  return { url, received, clear: () => void (received.length = 0), close: () => closeServer(server) }
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })

export async function readJson(request: IncomingMessage): Promise<JsonObject> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  const body: unknown = JSON.parse(text)
  return isObject(body) ? body : {}
}

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

const wireCalls = (reply: Reply) =>
  reply.toolCalls?.map(({ id, ...called }, index) => ({ index, id, type: 'function', function: called }))

const finishOf = (reply: Reply): string => reply.finish ?? (reply.toolCalls === undefined ? 'stop' : 'tool_calls')

const whole = (reply: Reply): JsonObject => ({
  id: 'scripted',
  object: 'chat.completion',
  created: 1,
  model: 'scripted',
  choices: [
    {
      index: 0,
      finish_reason: finishOf(reply),
      message: { role: 'assistant', content: reply.text ?? null, tool_calls: wireCalls(reply) },
    },
  ],
  usage,
})

function* chunks(reply: Reply): Generator<JsonObject> {
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    id: 'scripted',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  yield chunk({ role: 'assistant', content: '' })
  for (const piece of reply.text?.match(/.{1,7}/gs) ?? []) yield chunk({ content: piece })
  if (reply.toolCalls !== undefined) yield chunk({ tool_calls: wireCalls(reply) })
  yield chunk({}, finishOf(reply))
  yield { ...chunk({}), choices: [], usage }
}

/** The messages that an upstream was sent. */
export const messagesOf = (body: JsonObject | undefined): readonly JsonObject[] =>
  arrayOf(body?.['messages']).filter(isObject)
