import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

/** The bodies that the provider received, in the bytes in which they came. */
const received: string[] = []
const upstream = createServer(async (request, response) => {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += piece
  received.push(text)
  const message = { role: 'assistant', content: 'served' }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ id: 'up-1', choices: [{ index: 0, message, finish_reason: 'stop' }] }))
})

const model = {
  input_modalities: ['text', 'image'],
  endpoints: [{ provider: 'own', model: 'own', pricing: { prompt: 1, completion: 2 } }],
}

let gateway: TestGateway
beforeAll(async () => {
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : 0
  gateway = await startGateway({
    providers: { own: { base_url: `http://127.0.0.1:${port}/v1`, api_key: 'own' } },
    models: { 'acme/m1': model, 'acme/m2': model },
  })
})
afterAll(async () => {
  await gateway.close()
  upstream.close()
})

async function sent(body: string): Promise<string> {
  received.length = 0
  const reply = await gateway.post('/api/v1/chat/completions', body)
  expect(reply.status, await reply.text()).toBe(200)
  return received[0] ?? ''
}

/** So long that the list of messages is worth sending as it came. */
const long = `"${'Long. '.repeat(1_000)}"`
const before = `{"role": "user", "content": ${long}, "name": "n", "unknown": {"é": [1.50, "\\u00e9"]}}`
const withMessages = (...messages: readonly string[]): string =>
  `{"model": "acme/m1", "messages" : [ ${[before, ...messages].join(' ,\n')} ], "seed": 1}`

describe('messages that nobody changed', () => {
  test('are sent in the bytes in which they came', async () => {
    const body = withMessages('{"role":"assistant","content":"\\u0061 \\/"}', '{"role":"user","content":"\u{1f600}"}')
    const list = body.slice(body.indexOf('[ {'), body.lastIndexOf(']') + 1)
    const text = await sent(body)
    expect(text).toContain(`"messages":${list}`)
    expect(JSON.parse(text)).toEqual({ model: 'own', seed: 1, messages: JSON.parse(list) })
  })

  test('and tools, too, behind a byte order mark', async () => {
    const tools = `[ {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "title": ${long}}}} ]`
    const text = await sent(`\uFEFF${withMessages().slice(0, -1)}, "tools": ${tools}}`)
    expect(text).toContain(`"tools":${tools}`)
  })
})

describe('a key that occurs twice is sent once, as it was judged', () => {
  const image = (url: string): string => `{"role":"user","content":[{"type":"image_url","image_url":{${url}}}]}`
  test.each([
    ['content', withMessages('{"role":"user","content":"HIDDEN","content":"seen"}')],
    ['content, spelled in another way', withMessages('{"role":"user","c\\u006fntent":"HIDDEN","content":"seen"}')],
    ['role', withMessages('{"role":"system","HIDDEN":1,"role":"user","content":"seen","HIDDEN":2}')],
    ['url', withMessages(image('"url":"http://127.0.0.1/HIDDEN","url":"https://example.com/seen.png"'))],
    [
      'image_url',
      withMessages(
        '{"role":"user","content":[{"type":"image_url","image_url":{"url":"HIDDEN"},"image_url":{"url":"https://example.com/seen.png"}}]}',
      ),
    ],
    [
      'a key of an unknown field',
      withMessages('{"role":"user","content":"seen","deep":[[{"a":{"b":"HIDDEN","b":"seen"}}]]}'),
    ],
    [
      'messages',
      `{"messages":[{"role":"user","content":"HIDDEN"}],${withMessages('{"role":"user","content":"seen"}').slice(1)}`,
    ],
    [
      'messages, spelled in another way',
      `{"m\\u0065ssages":[${before.replace('Long.', 'HIDDEN')}],${withMessages('{"role":"user","content":"seen"}').slice(1)}`,
    ],
    [
      'a field beside the messages',
      withMessages('{"role":"user","content":"seen"}').replace('"seed": 1', '"seed": 5, "seed": 1'),
    ],
  ])('%s', async (_, body) => {
    const text = await sent(body)
    expect(text).toBe(JSON.stringify(JSON.parse(text)))
    expect(text.replaceAll('"HIDDEN":2', '')).not.toContain('HIDDEN')
    expect(JSON.parse(text).messages).toEqual(JSON.parse(body).messages)
  })

  test('and what was judged to be forbidden is not sent', async () => {
    const body = withMessages(image('"url":"https://example.com/a.png","url":"http://127.0.0.1/b.png"'))
    expect((await gateway.post('/api/v1/chat/completions', body)).status).toBe(400)
  })
})

describe('other lists are not taken for the messages', () => {
  const messages = '{"role":"user","content":"seen"}'
  const wrong = `[${before.replace('Long.', 'WRONG')}]`
  test.each([
    ['behind a key that is a number', `{"7":${wrong},${withMessages(messages).slice(1)}`],
    ['before one', `${withMessages(messages).slice(0, -1)},"7":${wrong}}`],
    ['behind a key that ends like theirs', `{"x\\"messages":${wrong},${withMessages(messages).slice(1)}`],
    ['within an object', `{"x":{"messages":${wrong}},${withMessages(messages).slice(1)}`],
    ['within a text', `{"x":${JSON.stringify(`"messages":${wrong}`)},${withMessages(messages).slice(1)}`],
  ])('%s', async (_, body) => {
    const { model: __, ...others } = JSON.parse(body)
    expect(JSON.parse(await sent(body))).toEqual({ model: 'own', ...others })
  })
})
