import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { ChatCompletionsRequestSchema } from '../../src/protocols/chat-completions/schema/request.ts'
import { MessagesRequestSchema } from '../../src/protocols/messages/schema/request.ts'
import { ResponsesRequestSchema } from '../../src/protocols/responses/schema/request.ts'

const page = readFileSync(new URL('../../docs/surfaces.md', import.meta.url), 'utf8')
const surfaces = [
  { path: '/chat/completions', schema: ChatCompletionsRequestSchema },
  { path: '/messages', schema: MessagesRequestSchema },
  { path: '/responses', schema: ResponsesRequestSchema },
] as const

/** What is no conversation has a table of its own, with a column for each address. */
const others = ['/embeddings', '/rerank', '/images', '/images/edits', '/audio/speech', '/audio/transcriptions'] as const

/** The rows of the table whose first line is given, without its head. */
function rowsBelow(head: string): readonly (readonly string[])[] {
  const [, below = ''] = page.split(`| ${head} |\n`)
  const [table = ''] = below.split('\n\n')
  const [, ...lines] = table.trim().split('\n')
  return lines.map((line) => line.slice(2, -2).split(' | '))
}
const rows = rowsBelow('feature | chat/completions | messages | responses')
const otherRows = rowsBelow(['feature', ...others.map((path) => path.slice(1))].join(' | '))

let gateway: TestGateway
let described: Readonly<Record<string, string>>
beforeAll(async () => {
  gateway = await startGateway()
  const document = Object(await (await fetch(`${gateway.url}/api/v1/openapi.json`)).json())
  const textOf = (path: string): string => {
    const seen = new Set<string>()
    const expand = (text: string): string =>
      text.replaceAll(/#\/components\/schemas\/(\w+)/g, (reference, name: string) => {
        if (seen.has(name)) return reference
        seen.add(name)
        return expand(JSON.stringify(document.components.schemas[name]))
      })
    return expand(JSON.stringify(document.paths[path].post.requestBody))
  }
  described = Object.fromEntries([...surfaces.map(({ path }) => path), ...others].map((path) => [path, textOf(path)]))
})
afterAll(() => gateway.close())

describe('docs/surfaces.md', () => {
  test('has a table', () => expect(rows.length).toBeGreaterThan(20))

  test('has a table of what is no conversation', () => {
    expect(otherRows.length).toBeGreaterThan(10)
    for (const row of otherRows) expect(row).toHaveLength(others.length + 1)
  })

  describe.each([
    ...rows.map((cells) => ({ cells, paths: surfaces.map(({ path }) => path) })),
    ...otherRows.map((cells) => ({ cells, paths: others })),
  ])('$cells.0', ({ cells: [feature = '', ...cells], paths }) => {
    test.each(paths.map((path, index) => [path, cells[index] ?? ''] as const))('%s', (path, cell) => {
      const words = [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
      expect(words.length > 0, feature).toBe(cell !== '–')
      // What the page names, the description of the API knows.
      for (const word of words) expect(described[path], feature).toContain(`"${word}"`)
    })
  })

  test('what it calls refused is refused', async () => {
    const refusals = {
      '/responses': [
        { store: true },
        { background: true },
        { previous_response_id: 'r' },
        { conversation: 'c' },
        { prompt: {} },
      ],
      '/messages': [{ thread: { type: 'create' } }],
    }
    const asked = {
      '/responses': { input: 'hi' },
      '/messages': { max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] },
    }
    for (const path of ['/responses', '/messages'] as const) {
      for (const more of refusals[path]) {
        const response = await gateway.post(`/api/v1${path}`, { model: 'acme/m1', ...asked[path], ...more })
        expect(response.status, JSON.stringify(more)).toBe(400)
      }
    }
  })
})
