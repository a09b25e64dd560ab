import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { availabilityTable, errorTable } from '../../src/canonical/errors.ts'
import { referencePage } from '../../src/http/docs/reference-page.ts'
import { routes } from '../../src/http/app.ts'
import { buildDocument } from '../../src/http/openapi/document.ts'
import { rawExchange } from '../faults/raw-exchange.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readHtml, type ReadHtml } from './read-html.ts'

let gateway: TestGateway
const read = async (address: string): Promise<ReadHtml> => readHtml(await (await fetch(gateway.url + address)).text())
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

const idsOf = ({ elements }: ReadHtml): readonly string[] =>
  elements.flatMap(({ attributes }) => attributes['id'] ?? [])

describe.each(['/', '/docs', '/docs/errors'])('%s', (address) => {
  test('is public HTML, under a policy that allows nothing else', async () => {
    const reply = await fetch(gateway.url + address)
    const page = await reply.text()
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = (reply.headers.get('content-security-policy') ?? '').split('; ')
    expect(policy[0]).toBe(`default-src 'none'`)
    const sheets = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, sheet = '']) => sheet)
    const digests = sheets.map((sheet) => `'sha256-${createHash('sha256').update(sheet).digest('base64')}'`)
    expect(policy).toContain(`style-src ${digests.join(' ')}`)
  })

  test('loads nothing and runs nothing', async () => {
    const page = await (await fetch(gateway.url + address)).text()
    expect(page).not.toMatch(/url\(|@import|javascript:/)
    for (const { name, attributes } of readHtml(page).elements) {
      expect(['script', 'img', 'iframe', 'object', 'embed', 'form']).not.toContain(name)
      expect(Object.keys(attributes).filter((key) => key.startsWith('on') || key === 'style' || key === 'src')).toEqual(
        [],
      )
      if (attributes['href'] !== undefined) expect(attributes['href']).toMatch(/^(#|\/|data:,$)/)
    }
  })

  test('is well-formed, its ids are unique and its links lead somewhere', async () => {
    const page = await read(address)
    const ids = idsOf(page)
    expect(new Set(ids).size).toBe(ids.length)
    const links = new Set(page.elements.flatMap(({ attributes }) => attributes['href'] ?? []))
    for (const link of [...links].filter((href) => !href.startsWith('data:'))) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : null
      if (anchor !== undefined) expect(idsOf(target ?? (await read(path)))).toContain(anchor)
      else expect((await fetch(gateway.url + path)).status).toBe(200)
    }
  })
})

test('the reference has every operation with its address, its fields and an example', async () => {
  const page = await read('/docs')
  const ids = idsOf(page)
  for (const [path, methods] of Object.entries(buildDocument(routes).paths)) {
    for (const { operationId, servers, parameters = [] } of Object.values(methods)) {
      expect(ids).toContain(operationId)
      const address = (servers === undefined ? '/api/v1' : '') + path
      expect(page.text).toContain(address)
      const asked = parameters.reduce((text, { name, example = '' }) => text.replace(`{${name}}`, example), address)
      expect(page.text).toContain(`curl "${gateway.url}${asked}`)
      for (const { name } of parameters) expect(page.text).toContain(name)
    }
  }
  const shown = [
    'From 0 to 2.',
    'Default true.',
    'One of fallback, sort.',
    'At most 256 characters.',
    'array of strings',
  ]
  for (const words of [...shown, 'max_completion_tokens', 'tool_call_id', 'reasoning_details', 'text/event-stream']) {
    expect(page.text).toContain(words)
  }
  expect(page.elements.filter(({ inside }) => inside.filter((name) => name === 'details').length > 3)).not.toEqual([])
})

test('a description is text, whatever it looks like', () => {
  const evil = `<script>alert("1")</script> & 'a'`
  const document = buildDocument(routes)
  const hostile = {
    ...document,
    info: { ...document.info, description: evil },
    components: {
      ...document.components,
      schemas: {
        ...document.components.schemas,
        Reasoning: {
          type: 'object',
          title: evil,
          description: evil,
          properties: { [evil]: { enum: [evil], default: evil } },
        },
      },
    },
  }
  const page = readHtml(referencePage(hostile))
  expect(page.elements.map(({ name }) => name)).not.toContain('script')
  expect(page.text.split(evil).length).toBeGreaterThan(5)
})

describe('the errors', () => {
  test('each kind and each code has an anchor and an explanation', async () => {
    const page = await read('/docs/errors')
    const ids = idsOf(page)
    const rows = Object.entries({ ...errorTable, ...availabilityTable })
    expect(rows.length).toBe(Object.keys(errorTable).length + Object.keys(availabilityTable).length)
    for (const [name, { meaning }] of rows) {
      expect(ids).toContain(name)
      expect(page.text).toContain(meaning.replaceAll('`', ''))
    }
    expect(ids.toSorted()).toEqual(rows.map(([name]) => name).toSorted())
  })

  test('docs_url of a real failure leads to its explanation', async () => {
    const reply = await gateway.chat({ model: 'acme/none' })
    const { error } = JSON.parse(await reply.text())
    const [path = '', anchor] = String(error.availability.docs_url).split('#')
    expect(path).toBe('/docs/errors')
    expect(idsOf(await read(path))).toContain(anchor)
  })
})

describe('the page at /', () => {
  /** The page as requested with other headers. */
  const ask = async (path: string, headers: Readonly<Record<string, string>>) => {
    const { hostname, port } = new URL(gateway.url)
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const { text } = await rawExchange(gateway.url, [
      `GET ${path} HTTP/1.1\r\n${head.join('')}Connection: close\r\n\r\n`,
    ])
    expect(text.startsWith('HTTP/1.1 200 ')).toBe(true)
    const source = Buffer.from(text.slice(text.indexOf('<!doctype')), 'latin1').toString()
    return { page: readHtml(source), own: `http://${hostname}:${port}` }
  }

  test('explains what the gateway is, its address, how to send a request, and where the reference is', async () => {
    const page = await read('/')
    expect(page.text).toContain('self-hosted LLM gateway')
    expect(page.text).toContain(`${gateway.url}/api/v1`)
    expect(page.elements.flatMap(({ attributes }) => attributes['href'] ?? [])).toContain('/docs')
  })

  test('its example works unchanged, with the variable of the README', async () => {
    const example = /curl [^]*?}'/.exec((await read('/')).text)?.[0] ?? ''
    expect(example).toContain(`curl ${gateway.url}/api/v1/chat/completions`)
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain('$WAYGATE_API_KEY')
    const env = { PATH: process.env['PATH'], WAYGATE_API_KEY: gateway.key }
    const { stdout } = await promisify(execFile)('sh', ['-c', example], { env })
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion' })
  })

  test.each(['/', '/docs', '/docs/'])('%s shows the requested address, and no other', async (path) => {
    for (const [headers, shown] of [
      [{ Host: 'gateway.example' }, 'http://gateway.example/api/v1'],
      [{ Host: 'gateway.example:8443', 'X-Forwarded-Proto': 'https' }, 'https://gateway.example:8443/api/v1'],
      [{ Host: '[::1]:8402' }, 'http://[::1]:8402/api/v1'],
    ] as const) {
      const { page, own } = await ask(path, headers)
      expect(page.text).toContain(shown)
      expect(page.text).not.toContain(own)
      expect(page.text).not.toMatch(/waygate\.invalid|127\.0\.0\.1:8402|WAYGATE_(URL|KEY)\b/)
    }
  })

  test.each(['<script>alert(1)</script>', 'a" onclick="x', 'evil.example/path', "x'y", 'a b', ''])(
    'a Host that is none is not shown: %j',
    async (host) => {
      for (const path of ['/', '/docs']) {
        const { page, own } = await ask(path, { Host: host })
        expect(page.text).toContain(`${own}/api/v1`)
        expect(page.text).not.toMatch(/alert|onclick|evil/)
        expect(page.elements.map(({ name }) => name)).not.toContain('script')
      }
    },
  )
})
