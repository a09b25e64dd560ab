import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { OpenRouter } from '@openrouter/sdk'
import type { ChatStreamChunk } from '@openrouter/sdk/models'
import { generateText, streamText } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encryptedPdf, pagesPdf, textPdf } from '../../src/documents/testing/pdf-files.ts'
import { arrayOf, type JsonObject, objectOf } from '../../src/util/json.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import {
  closeServer,
  listen,
  messagesOf,
  readJson,
  type Reply,
  type ScriptedProvider,
  startProvider,
} from './scripted-provider.ts'

let reply: Reply
let provider: ScriptedProvider
/** Mistral's OCR, and a server of files. */
let ocr: (body: JsonObject) => { readonly status?: number; readonly body: unknown }
let read: { readonly body: JsonObject; readonly url: string | undefined; readonly key: string | undefined }[]
let server: Server
let url: string
let gateway: TestGateway
/** The same, with a key that can pay nothing. */
let poor: TestGateway
/** Without an OCR engine. */
let plain: TestGateway

const pdf = textPdf([['The answer is 42.'], ['Page two </document> ends.']])
const served = textPdf([['Served from afar.']])
const dataUrl = (bytes: Buffer | string, type = 'application/pdf') =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

beforeAll(async () => {
  provider = await startProvider(() => reply)
  server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/pdf' })
      response.end(served)
      return
    }
    void readJson(request).then((body) => {
      read.push({ body, url: request.url, key: request.headers.authorization })
      const answer = ocr(body)
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    })
  })
  url = await listen(server)
  const config = {
    providers: {
      'prov-a': { name: 'Prov A', base_url: `${provider.url}/v1`, api_key: 'a' },
      'prov-b': { name: 'Prov B', base_url: `${provider.url}/v1`, api_key: 'b' },
    },
    fetch: { allow: ['127.0.0.1'] },
    models: {
      'acme/m1': {
        input_modalities: ['text'],
        endpoints: [{ provider: 'prov-a', model: 'm1', pricing: { prompt: 0, completion: 0 } }],
      },
      'acme/eyes': { input_modalities: ['text', 'image'], endpoints: [{ provider: 'prov-a', model: 'eyes' }] },
      'acme/files': { input_modalities: ['text', 'file'], endpoints: [{ provider: 'prov-a', model: 'files' }] },
    },
  }
  plain = await startGateway(config)
  const scanner = { mistral: { api_key: 'mistral-secret-key', base_url: `${url}/v1`, price_per_1000_pages: 3 } }
  gateway = await startGateway({ ...config, ocr: scanner })
  poor = await startGateway({ ...config, ocr: scanner, keys: [{ name: 'test', key: testKey, limit: 0.002 }] })
})
afterAll(async () => {
  await gateway.close()
  await poor.close()
  await plain.close()
  await provider.close()
  await closeServer(server)
})
beforeEach(() => {
  reply = { text: 'It is 42.' }
  read = []
  ocr = () => ({
    body: {
      pages: [
        {
          index: 0,
          markdown: '# Scanned',
          images: Array.from({ length: 6 }, () => ({ id: 'i', image_base64: picture })),
        },
        { index: 1, markdown: 'More.', images: Array.from({ length: 6 }, () => ({ id: 'i', image_base64: picture })) },
      ],
      model: 'mistral-ocr-latest',
      usage_info: { pages_processed: 2, doc_size_bytes: 100 },
    },
  })
  provider.clear()
})

const file = (data: string, filename?: string) => ({
  type: 'file',
  file: { file_data: data, ...(filename !== undefined && { filename }) },
})
const withFiles = (...files: readonly object[]) => [
  { role: 'user', content: [{ type: 'text', text: 'What does it say?' }, ...files] },
]
const engine = (name: string) => [{ id: 'file-parser', pdf: { engine: name } }]

async function ask(body: Readonly<Record<string, unknown>>, at = gateway) {
  const response = await at.chat(
    { messages: withFiles(file(dataUrl(pdf), 'answer.pdf')), ...body },
    { 'x-openrouter-metadata': 'enabled' },
  )
  const answer = Object(await response.json())
  return {
    status: response.status,
    answer,
    error: answer.error,
    annotations: answer.choices?.[0]?.message.annotations,
    pipeline: answer.openrouter_metadata?.pipeline ?? [],
  }
}
const sentParts = (index = 0) => {
  const content = messagesOf(provider.received[index]).findLast(({ role }) => role === 'user')?.['content']
  return typeof content === 'string' ? [content] : arrayOf(content).map((part) => objectOf(part)?.['text'] ?? part)
}
const annotationOf = (bytes: Buffer, name: string, text: string) => ({
  type: 'file',
  file: { hash: hashOf(bytes), name, content: [{ type: 'text', text }] },
})
const text = 'The answer is 42.\n\nPage two </document> ends.'
const prompt = '<document name="answer.pdf">\nThe answer is 42.\n\nPage two &lt;/document> ends.\n</document>'

describe('contract §2.3: PDFs are parsed for models that take no files', () => {
  test('by default, fenced as a document, with an annotation and a stage, at no fee', async () => {
    const { status, annotations, pipeline, answer } = await ask({})
    expect(status).toBe(200)
    expect(sentParts()).toEqual(['What does it say?', prompt])
    expect(annotations).toEqual([annotationOf(pdf, 'answer.pdf', text)])
    expect(pipeline).toEqual([
      {
        type: 'plugin',
        name: 'file-parser',
        summary: '1 of 1 files parsed',
        data: { files: 1, parsed: 1, reused: 0, pages: 2, engines: ['pdf-text'] },
      },
    ])
    expect(answer.usage.cost).toBe(0)
  })

  test.each(['cloudflare-ai', 'pdf-text'])(
    'the engine %s reads them in the gateway, also where the model takes files',
    async (name) => {
      const { annotations } = await ask({ model: 'acme/files', plugins: engine(name) })
      expect(sentParts()).toEqual(['What does it say?', prompt])
      expect(annotations).toHaveLength(1)
    },
  )

  test('streamed, the annotation comes before the finish', async () => {
    const response = await gateway.chat({ messages: withFiles(file(dataUrl(pdf), 'answer.pdf')), stream: true })
    const { chunks, text: said, done } = await readStream(response)
    expect(done).toBe(true)
    expect(said).toBe('It is 42.')
    const deltas = chunks.flatMap(({ choices }) => choices)
    const at = deltas.findIndex(({ delta }) => delta?.['annotations'] !== undefined)
    expect(deltas[at]?.delta?.['annotations']).toEqual([annotationOf(pdf, 'answer.pdf', text)])
    expect(deltas.slice(at + 1).some(({ finish_reason: finish }) => finish === 'stop')).toBe(true)
  })

  test('contract row 68: an annotation that comes back is used, and nothing is parsed or charged again', async () => {
    const first = await ask({ plugins: engine('mistral-ocr') })
    expect(read).toHaveLength(1)
    const assistant = { role: 'assistant', content: 'It is 42.', annotations: first.annotations }
    const messages = [...withFiles(file(dataUrl(pdf), 'answer.pdf')), assistant, { role: 'user', content: 'And now?' }]
    const { status, answer, annotations, pipeline } = await ask({ messages, plugins: engine('mistral-ocr') })
    expect(status).toBe(200)
    expect(read).toHaveLength(1)
    expect(answer.usage.cost).toBe(0)
    expect(annotations).toBeUndefined()
    expect(pipeline).toMatchObject([{ data: { files: 1, parsed: 0, reused: 1 } }])
    const sent = JSON.stringify(messagesOf(provider.received[1])[0])
    expect(sent).toContain('# Scanned')
  })

  test('contract row 62: OCR that the limit of the key does not cover is refused, and nothing is read', async () => {
    const { status } = await ask({ plugins: engine('mistral-ocr') }, poor)
    expect({ status, read: read.length }).toEqual({ status: 403, read: 0 })
  })

  test('an annotation with another hash is of another file', async () => {
    const other = { ...annotationOf(served, 'answer.pdf', 'Something else.') }
    const messages = [
      ...withFiles(file(dataUrl(pdf), 'answer.pdf')),
      { role: 'assistant', content: 'Hm.', annotations: [other] },
      { role: 'user', content: 'And now?' },
    ]
    const { pipeline } = await ask({ messages })
    expect(pipeline).toMatchObject([{ data: { parsed: 1, reused: 0 } }])
  })

  test.each([false, true])('where all providers fail, the error brings the annotations; stream: %s', async (stream) => {
    reply = { status: 500 }
    const { status, error } = await ask({ stream })
    expect(status).toBe(502)
    expect(error.metadata.file_annotations).toEqual([annotationOf(pdf, 'answer.pdf', text)])
  })

  test('the same file twice is parsed once; a file at an address is downloaded', async () => {
    const address = `${url}/files/served.pdf?token=x`
    const { pipeline, annotations } = await ask({
      messages: withFiles(file(dataUrl(pdf), 'answer.pdf'), file(dataUrl(pdf), 'answer.pdf'), file(address)),
    })
    expect(pipeline).toMatchObject([{ data: { files: 2, parsed: 2, pages: 3 } }])
    expect(annotations[1]).toEqual(annotationOf(served, 'served.pdf', 'Served from afar.'))
    expect(sentParts()).toEqual([
      'What does it say?',
      prompt,
      prompt,
      '<document name="served.pdf">\nServed from afar.\n</document>',
    ])
  })
})

describe('contract §1.3: the engine `native`', () => {
  test('by default, where every endpoint takes files: the file goes on as it came, without annotations', async () => {
    const part = file(dataUrl(pdf), 'answer.pdf')
    const { status, annotations, pipeline } = await ask({ model: 'acme/files', messages: withFiles(part) })
    expect(status).toBe(200)
    expect(sentParts()).toEqual(['What does it say?', part])
    expect(annotations).toBeUndefined()
    expect(pipeline).toEqual([])
  })

  test('not by default where a fallback takes none', async () => {
    await ask({ model: undefined, models: ['acme/files', 'acme/m1'] })
    expect(sentParts()).toEqual(['What does it say?', prompt])
  })

  test('is 404 that names the modality where no endpoint takes files', async () => {
    const { status, error } = await ask({ plugins: engine('native') })
    expect(status).toBe(404)
    expect(error.message).toContain('file input')
  })

  test('`enabled: false` leaves files to models that take them', async () => {
    const off = [{ id: 'file-parser', enabled: false }]
    expect((await ask({ plugins: off })).status).toBe(404)
    expect((await ask({ model: 'acme/files', plugins: off })).status).toBe(200)
  })
})

describe('contract §1.3: the engine `mistral-ocr`', () => {
  test('reads scanned pages, at a fee for each page', async () => {
    const { status, annotations, answer, pipeline } = await ask({ plugins: engine('mistral-ocr') })
    expect(status).toBe(200)
    expect(read).toEqual([
      {
        url: '/v1/ocr',
        key: 'Bearer mistral-secret-key',
        body: {
          model: 'mistral-ocr-latest',
          document: { type: 'document_url', document_url: dataUrl(pdf) },
          include_image_base64: true,
        },
      },
    ])
    // Two pages at 3 USD for a thousand.
    expect(answer.usage.cost).toBe(0.006)
    expect(pipeline).toMatchObject([{ cost_usd: 0.006, data: { pages: 2, engines: ['mistral-ocr'] } }])
    expect(sentParts()).toEqual(['What does it say?', '<document name="answer.pdf">\n# Scanned\n\nMore.\n</document>'])
    expect(annotations[0].file.content).toEqual([
      { type: 'text', text: '# Scanned\n\nMore.' },
      ...Array.from({ length: 8 }, () => ({ type: 'image_url', image_url: { url: picture } })),
    ])
  })

  test('a model that sees gets at most 8 pictures of a request', async () => {
    const { status } = await ask({
      model: 'acme/eyes',
      messages: withFiles(file(dataUrl(pdf), 'a.pdf'), file(dataUrl(served), 'b.pdf')),
      plugins: engine('mistral-ocr'),
    })
    expect(status).toBe(200)
    expect(read).toHaveLength(2)
    const images = sentParts().filter((part) => objectOf(part)?.['type'] === 'image_url')
    expect(images).toHaveLength(8)
  })

  test('is 400 that names the setting where it is not configured', async () => {
    const { status, error } = await ask({ plugins: engine('mistral-ocr') }, plain)
    expect(status).toBe(400)
    expect(error.message).toContain('ocr.mistral.api_key')
  })

  test('that fails is 502 without its key', async () => {
    ocr = () => ({ status: 401, body: { message: 'Unauthorized: mistral-secret-key' } })
    const { status, error } = await ask({ plugins: engine('mistral-ocr') })
    expect(status).toBe(502)
    expect(JSON.stringify(error)).not.toContain('mistral-secret-key')
    ocr = () => ({ body: { nothing: true } })
    expect((await ask({ plugins: engine('mistral-ocr') })).status).toBe(502)
    expect(provider.received).toHaveLength(0)
  })
})

describe('files that are no PDFs', () => {
  test.each([
    ['text/plain', 'notes.txt', 'Grüße'],
    ['text/csv', 'table.csv', 'a,b\n1,2'],
    ['text/markdown', 'read.md', '# Title'],
    ['application/json', 'data.json', '{"a":1}'],
    ['application/octet-stream', 'notes.txt', 'told by the name'],
  ])('%s is read as text', async (type, name, content) => {
    const { status, annotations, pipeline } = await ask({ messages: withFiles(file(dataUrl(content, type), name)) })
    expect(status).toBe(200)
    expect(sentParts()).toEqual(['What does it say?', `<document name="${name}">\n${content}\n</document>`])
    expect(annotations).toBeUndefined()
    expect(pipeline).toMatchObject([{ data: { parsed: 1, pages: 0, engines: ['text'] } }])
  })

  test.each<[what: string, part: object, status: number, message: string]>([
    [
      'another type',
      file(dataUrl('PK\x03\x04', 'application/zip'), 'a.zip'),
      400,
      'files of the type application/zip cannot be read',
    ],
    ['a broken PDF', file(dataUrl(pdf.subarray(0, 30))), 400, 'could not be read'],
    ['an encrypted PDF', file(dataUrl(encryptedPdf('Secret.', 'a password'))), 400, 'password'],
    ['a PDF without text', file(dataUrl(pagesPdf({ contents: [''] }))), 400, 'mistral-ocr'],
    ['an empty file', file('data:application/pdf;base64,'), 400, 'empty'],
    ['neither an address nor a data URL', file('ftp://example.com/a.pdf'), 400, 'neither a data URL'],
    ['a file of a provider', { type: 'file', file: { file_id: 'file-1' } }, 400, 'file_data'],
    ['an address in the network of the operator', file('http://10.0.0.1/a.pdf'), 400, 'messages[0].content[1]'],
  ])('%s ends in a clear 4xx', async (_, part, status, message) => {
    const { status: given, error } = await ask({ messages: withFiles(part) })
    expect(given).toBe(status)
    expect(error.message).toContain('messages[0].content[1]')
    expect(error.message).toContain(message)
    expect(provider.received).toHaveLength(0)
  })

  test('a huge PDF ends in a clear 4xx', async () => {
    const huge = Buffer.concat([pdf, Buffer.alloc(51 * 1_048_576 - pdf.length, 0x20)])
    const body = JSON.stringify({ model: 'acme/m1', messages: withFiles(file(dataUrl(huge))) })
    const response = await gateway.post('/api/v1/chat/completions', body)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })

  test('more files than `max_files` are 400', async () => {
    const messages = withFiles(file(dataUrl('a', 'text/plain')), file(dataUrl('b', 'text/plain')))
    expect((await ask({ messages, plugins: [{ id: 'file-parser', max_files: 2 }] })).status).toBe(200)
    const { status, error } = await ask({ messages, plugins: [{ id: 'file-parser', max_files: 1 }] })
    expect(status).toBe(400)
    expect(error.message).toContain('more than 1 file')
  })
})

describe('contract row 68: official clients decode the annotations', () => {
  const messages = [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'What does it say?' },
        { type: 'file' as const, data: pdf, mediaType: 'application/pdf', filename: 'answer.pdf' },
      ],
    },
  ]
  const model = () => createOpenRouter({ apiKey: testKey, baseURL: `${gateway.url}/api/v1` }).chat('acme/m1')

  test('the AI SDK, not streamed', async () => {
    const { text: said, providerMetadata } = await generateText({ model: model(), messages })
    expect(said).toBe('It is 42.')
    expect(providerMetadata?.['openrouter']?.['annotations']).toMatchObject([
      { type: 'file', file: { hash: hashOf(pdf), name: 'answer.pdf' } },
    ])
  })

  test('the AI SDK, streamed', async () => {
    const result = streamText({ model: model(), messages })
    expect(await result.text).toBe('It is 42.')
    expect((await result.providerMetadata)?.['openrouter']?.['annotations']).toMatchObject([
      { type: 'file', file: { hash: hashOf(pdf) } },
    ])
  })

  test('the OpenRouter SDK', async () => {
    const client = new OpenRouter({ apiKey: testKey, serverURL: `${gateway.url}/api/v1` })
    const part = { type: 'file' as const, file: { filename: 'answer.pdf', fileData: dataUrl(pdf) } }
    const chatRequest = {
      model: 'acme/m1',
      messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'What?' }, part] }],
    }
    const answer = await client.chat.send({ chatRequest })
    if (!('choices' in answer)) throw new Error('expected a whole reply')
    expect(answer.choices[0]?.message.content).toBe('It is 42.')
    const stream = await client.chat.send({ chatRequest: { ...chatRequest, stream: true } })
    if ('choices' in stream) throw new Error('expected a stream')
    const chunks: ChatStreamChunk[] = await Array.fromAsync(stream)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('It is 42.')
  })
})
