import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'
import { readStream } from '../sse.ts'
import { rawExchange } from './raw-exchange.ts'

const key = 'sk-or-v1-test-key-of-the-default-account'
/** A list of a million buffer objects does not fit into this memory: an implementation with such a list ends the process. */
const smallHeap = ['--max-old-space-size=96']
const bytes = 1_000_000

/** Writes the text as HTTP chunks of one byte each. */
function oneByteChunks(text: string): Buffer {
  const wire = Buffer.alloc(6 * text.length + 5, '1\r\nx\r\n')
  for (let at = 0; at < text.length; at++) wire[6 * at + 3] = text.charCodeAt(at)
  wire.write('0\r\n\r\n', 6 * text.length)
  return wire
}

const filler = 'x'.repeat(bytes)
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
const chatReply = (content: string): string =>
  JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] })
const geminiReply = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'seen' }] }, finishReason: 'STOP' }] })

/** One event, in five million empty lines. */
const linesReply = [
  'data: {"choices": [{"index": 0, "delta": {"content": "fine"},',
  ...Array.from({ length: 5 * bytes }, () => 'data'),
  'data: "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n',
].join('\n')

/** What the scripted server sends at each path, as `Content-Type` and the body's text. */
const replies: Readonly<Record<string, readonly [string, string]>> = {
  '/short/chat/completions': ['application/json', chatReply('fine')],
  '/long/chat/completions': ['application/json', chatReply(filler)],
  '/lines/chat/completions': ['text/event-stream', linesReply],
  '/gemini/models/m:generateContent': ['application/json', geminiReply],
  '/image': ['image/png', pixel.toString('latin1') + filler],
}

const oneChunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`

/** Upstream and image server in one. */
const received: { readonly path: string; readonly body: string }[] = []
const server = createServer((request, response) => {
  const { url: path = '' } = request
  void textOf(request).then((body) => {
    received.push({ path, body })
    const [type, text] = replies[path] ?? ['text/plain', 'unknown address']
    response.writeHead(200, { 'content-type': type, 'transfer-encoding': 'chunked', connection: 'close' })
    response.flushHeaders()
    // The bytes are written to the socket, because Node would make a chunk of each write.
    response.socket?.end(path.startsWith('/lines') ? oneChunk(text) : oneByteChunks(text))
  })
})

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('latin1')) text += String(chunk)
  return text
}

let origin: string
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${Object(server.address()).port}`
})
afterAll(() => void server.close())

const provider = (name: string, more: object = {}) => ({ base_url: `${origin}/${name}`, api_key: 'k', ...more })
const model = (name: string, more: object = {}) => ({
  endpoints: [{ provider: name, model: 'm', pricing: { prompt: 1, completion: 2 } }],
  ...more,
})

async function startSmall(): Promise<string> {
  const directory = temporaryDirectory()
  const file = join(directory, 'waygate.yaml')
  const config = {
    server: { port: 0 },
    keys: [{ name: 'test', key }],
    discovery: false,
    providers: {
      short: provider('short'),
      long: provider('long'),
      lines: provider('lines'),
      gemini: provider('gemini', { protocol: 'generate-content' }),
    },
    models: {
      'small/short': model('short'),
      'small/long': model('long'),
      'small/lines': model('lines'),
      'small/gemini': model('gemini', { input_modalities: ['text', 'image'] }),
    },
    fetch: { allow: ['127.0.0.1'] },
  }
  writeFileSync(file, stringify(config))
  const running = startWaygate(['serve', '--config', file], { directory, node: smallHeap })
  return running.printed(/listens on (\S+)/)
}

const chat = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }], ...body }),
  })

/** Sends a body in chunks of one byte. */
function postOneByOne(url: string, path: string, body: object) {
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', `authorization: Bearer ${key}`, 'connection: close']
  const more = ['content-type: application/json', 'transfer-encoding: chunked', '', '']
  return rawExchange(url, [[...head, ...more].join('\r\n'), oneByteChunks(JSON.stringify(body))])
}

const long = { messages: [{ role: 'user', content: filler }] }

test('a request of a million chunks costs its bytes', async () => {
  const url = await startSmall()
  const { status, text } = await postOneByOne(url, '/v1/chat/completions', { model: 'small/short', ...long })
  expect([status, text.includes('fine')]).toEqual([200, true])
  expect(received.at(-1)).toMatchObject({ path: '/short/chat/completions', body: expect.stringContaining(filler) })
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('a reply of a million chunks costs its bytes', async () => {
  const url = await startSmall()
  const { choices } = Object(await (await chat(url, { model: 'small/long' })).json())
  expect(choices[0].message.content).toBe(filler)
})

test('a stream of one event in five million empty lines costs its bytes', async () => {
  const url = await startSmall()
  const { text, done } = await readStream(await chat(url, { model: 'small/lines', stream: true }))
  expect([text, done]).toEqual(['fine', true])
})

test('an image of a million chunks costs its bytes', async () => {
  const url = await startSmall()
  const content = [{ type: 'image_url', image_url: { url: `${origin}/image` } }]
  const response = await chat(url, { model: 'small/gemini', messages: [{ role: 'user', content }] })
  expect(response.status).toBe(200)
  expect(received.at(-1)?.body).toContain(Buffer.concat([pixel, Buffer.from(filler)]).toString('base64'))
})

test('the simulator reads a request of a million chunks at the cost of its bytes', async () => {
  const running = startWaygate(['simulator'], { directory: temporaryDirectory(), node: smallHeap })
  const url = await running.printed(/listens on (\S+)/)
  const { status, text } = await postOneByOne(url, '/v1/chat/completions', { model: 'steady', ...long })
  expect([status, text.includes('"prompt_tokens":1,')]).toEqual([200, true])
})
