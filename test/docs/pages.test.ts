import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { availabilityTable, errorTable } from '../../src/canonical/errors.ts'
import { referencePage } from '../../src/http/docs/reference-page.ts'
import { buildDocument } from '../../src/http/openapi/document.ts'
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

describe.each(['/docs', '/docs/errors'])('%s', (address) => {
  test('is served as HTML to anybody, under a policy that lets nothing else in', async () => {
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

test('the reference holds every operation with its address, its fields and an example', async () => {
  const page = await read('/docs')
  const ids = idsOf(page)
  for (const [path, methods] of Object.entries(buildDocument().paths)) {
    for (const { operationId, servers, parameters = [] } of Object.values(methods)) {
      expect(ids).toContain(operationId)
      const address = (servers === undefined ? '/api/v1' : '') + path
      expect(page.text).toContain(address)
      expect(page.text).toContain(
        `curl "$WAYGATE_URL${address.replace(/\{.*?\}/, 'waygate').replace(/\{.*?\}/, 'simulator')}`,
      )
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

test('what a description holds is text, whatever it looks like', () => {
  const evil = `<script>alert("1")</script> & 'a'`
  const document = buildDocument()
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
  test('each kind and each code has an anchor, and says what it means', async () => {
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
