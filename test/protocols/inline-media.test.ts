import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, at } from '../acceptance/exchange.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
let upstream: Simulator
const languages = ['chat-completions', 'responses', 'messages', 'generate-content', 'converse'] as const
beforeAll(async () => {
  upstream = await startSimulator()
  const models = {
    'chat-completions': 'steady',
    responses: 'steady',
    messages: 'claude-sonnet-4-5+steady',
    'generate-content': 'gemini-2.5-flash+steady',
    converse: 'anthropic.claude-sonnet-4-5+steady',
  }
  const provider = (protocol: string) => ({ base_url: `${upstream.url}/${protocol}`, protocol, api_key: 'k' })
  gateway = await startGateway({
    providers: {
      ...Object.fromEntries(languages.map((language) => [`house-of-${language}`, provider(language)])),
      ...Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, provider('chat-completions')])),
    },
    models: Object.fromEntries(
      languages.map((language) => [
        `test/${language}`,
        {
          input_modalities: ['text', 'image', 'file', 'audio', 'video'],
          endpoints: [{ provider: `house-of-${language}`, model: models[language] }],
        },
      ]),
    ),
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.clearJournal())

async function sent(language: string, part: object): Promise<string> {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'See:' }, part] }]
  const response = await gateway.chat({ model: `test/${language}`, messages })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  return JSON.stringify(asObject(upstream.journal().at(-1)?.body))
}

const bytes = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  jpeg: '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  webp: 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=',
}
const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const file = (file_data: string, filename?: string) => ({ type: 'file', file: { file_data, filename } })

/** How each protocol states that bytes are an image of this type. */
const written: Readonly<Record<(typeof languages)[number], (kind: string, data: string) => object>> = {
  'chat-completions': (kind, data) => image(`data:image/${kind};base64,${data}`),
  responses: (kind, data) => ({ type: 'input_image', image_url: `data:image/${kind};base64,${data}`, detail: 'auto' }),
  messages: (kind, data) => ({ type: 'image', source: { type: 'base64', media_type: `image/${kind}`, data } }),
  'generate-content': (kind, data) => ({ inlineData: { mimeType: `image/${kind}`, data } }),
  converse: (kind, data) => ({ image: { format: kind, source: { bytes: data } } }),
}

describe.each(languages)('to %s an inline image goes as what it is', (language) => {
  // Google does not accept GIF.
  const kinds = Object.entries(bytes).filter(([kind]) => language !== 'generate-content' || kind !== 'gif')
  const labelled = kinds.flatMap(([kind, data]) =>
    ['png', 'jpeg', 'jpg', 'JPEG', 'svg+xml'].map((label) => ({ kind, label, data })),
  )
  test.each(labelled)('$kind that is called $label', async ({ kind, label, data }) => {
    expect(await sent(language, image(`data:image/${label};base64,${data}`))).toContain(
      JSON.stringify(written[language](kind, data)),
    )
  })

  test('a usual misspelling, whatever the bytes are', async () => {
    expect(await sent(language, image('data:image/jpg;base64,AAAA'))).toContain(
      JSON.stringify(written[language]('jpeg', 'AAAA')),
    )
  })

  test.each(['\n', '\r\n'])('base64 in lines that end in %j is one', async (end) => {
    const lines = bytes.png.replace(/.{76}/g, `$&${end}`) + end
    expect(await sent(language, image(`data:image/png;base64,${lines}`))).toContain(
      JSON.stringify(written[language]('png', bytes.png)),
    )
  })
})

test('an inline image that is what it says goes on as it came, with all that it says', async () => {
  const url = `data:image/png;name=a.png;base64,${bytes.png}`
  expect(await sent('generate-content', file(url.replace('image/png', 'image/PNG'), 'a.png'))).toContain(bytes.png)
  for (const said of [
    `data:image/png;base64,${bytes.png}`,
    'data:image/svg+xml;base64,PHN2Zy8+',
    'https://a.example/b.png',
  ]) {
    expect(await sent('chat-completions', image(said))).toContain(JSON.stringify(image(said)))
  }
})

describe('a file goes as what it is', () => {
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n').toString('base64')
  const words = Buffer.from('Plain words, and a few more.').toString('base64')
  const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  const zip = Buffer.from('PK\u0003\u0004 and so on and on').toString('base64')
  const cases: readonly (readonly [data: string, filename: string | undefined, becomes: string])[] = [
    [pdf, 'a.pdf', `data:application/pdf;base64,${pdf}`],
    [pdf, undefined, `data:application/pdf;base64,${pdf}`],
    [pdf.replace(/.{8}/g, '$&\n'), undefined, `data:application/pdf;base64,${pdf}`],
    [bytes.png, undefined, `data:image/png;base64,${bytes.png}`],
    [words, 'a.txt', `data:text/plain;base64,${words}`],
    [words, 'A.CSV', `data:text/csv;base64,${words}`],
    [zip, 'a.docx', `data:${docx};base64,${zip}`],
    [`data:application/octet-stream;base64,${pdf}`, undefined, `data:application/pdf;base64,${pdf}`],
    [`data:application/octet-stream;base64,${words}`, 'a.md', `data:text/markdown;base64,${words}`],
    [`data:;base64,${pdf}`, undefined, `data:application/pdf;base64,${pdf}`],
    [`data:application/pdf;base64,${bytes.jpeg}`, undefined, `data:image/jpeg;base64,${bytes.jpeg}`],
    [`data:application/x-pdf;base64,JVBE`, undefined, 'data:application/pdf;base64,JVBE'],
    // Bytes without a known type stay unchanged.
    [words, undefined, words],
    ['https://a.example/b.pdf', undefined, 'https://a.example/b.pdf'],
    ['gs://bucket/b.pdf', undefined, 'gs://bucket/b.pdf'],
    [`data:${docx};base64,${zip}`, undefined, `data:${docx};base64,${zip}`],
    ['data:text/plain,Plain%20words', 'a.pdf', 'data:text/plain,Plain%20words'],
    ['data:text/plain;charset=utf-8;base64,QUJD', undefined, 'data:text/plain;charset=utf-8;base64,QUJD'],
  ]
  test.each(cases)('%s as %s', async (data, filename, becomes) => {
    expect(await sent('chat-completions', file(data, filename))).toContain(JSON.stringify(becomes))
  })

  test('so that a language of its own takes it', async () => {
    expect(await sent('messages', file(pdf))).toContain(
      JSON.stringify({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } }),
    )
  })
})

test('sound that came as a data URL is bare again', async () => {
  const part = (data: string) => ({ type: 'input_audio', input_audio: { data, format: 'wav' } })
  expect(await sent('chat-completions', part('data:audio/wav;base64,UklGRg=='))).toContain(
    JSON.stringify(part('UklGRg==')),
  )
  expect(await sent('chat-completions', part('UklGRg=='))).toContain(JSON.stringify(part('UklGRg==')))
})

test('images of answers and of tools’ results go as what they are', async () => {
  const wrong = image(`data:image/png;base64,${bytes.jpeg}`)
  const messages = [
    { role: 'user', content: 'Hello' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: [wrong] },
  ]
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
  const response = await gateway.chat({ model: 'test/messages', messages, tools })
  expect(response.status).toBe(200)
  expect(at(upstream.journal().at(-1)?.body, 'messages', 2, 'content', 0, 'content', 0)).toEqual(
    written.messages('jpeg', bytes.jpeg),
  )
})
