import { afterEach, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { startPages, type TestServer } from '../features/web-servers.ts'

let gateway: TestGateway
let pages: TestServer
afterEach(async () => {
  await gateway.close()
  await pages.close()
})

const table =
  '<html><head><title>Rivers</title></head><body><main><h1>Rivers</h1><p>They are long, and there are many of them in the world.</p><table><tr><th>Name</th><th>km</th></tr><tr><td>Nile</td><td>6650</td></tr></table></main></body></html>'

async function start(config: object = { fetch: { allow: ['127.0.0.1'] } }) {
  pages = await startPages({
    '/rivers': table,
    '/other': '<html><body><p>Other things are told here, in enough words to be a page.</p></body></html>',
    '/away': (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    '/endless': (response) => {
      response.setHeader('content-type', 'text/html')
      const timer = setInterval(() => response.write('<p>more</p>'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    },
  })
  gateway = await startGateway({ limits: { body_mb: 1 }, ...config })
}

const ask = (content: string, settings: object = {}) =>
  gateway.chat(
    { messages: [{ role: 'user', content }], plugins: [{ id: 'web-fetch', ...settings }] },
    { 'x-openrouter-metadata': 'enabled' },
  )
const sent = () => gateway.simulator.journal().at(-1)?.body as { messages: { role: string; content: string }[] }
const bodyOf = async (response: Response) => JSON.parse(await response.text())

test('reads the pages that the user names, with their tables', async () => {
  await start()
  const reply = await bodyOf(await ask(`What is in ${pages.url}/rivers? Compare (${pages.url}/other).`))
  const text = sent().messages[0]?.content ?? ''
  expect(text).toContain(`<page url="${pages.url}/rivers" title="Rivers">`)
  expect(text).toMatch(/\| *Nile *\| *6650 *\|/)
  expect(text).toContain('Other things')
  expect(reply.openrouter_metadata.pipeline).toMatchObject([
    { type: 'plugin', name: 'web-fetch', summary: '2 of 2 pages read' },
  ])
  expect(reply.choices[0].message.annotations).toHaveLength(2)
})

test('max_uses, max_content_tokens, allowed_domains and blocked_domains', async () => {
  await start()
  const both = `${pages.url}/rivers ${pages.url}/other`
  const read = async (settings: object) => {
    await ask(both, settings)
    return sent().messages[0]?.content.match(/<page url="[^"]*"/g) ?? []
  }
  expect(await read({ max_uses: 1 })).toHaveLength(1)
  expect(await read({ allowed_domains: ['example.com'] })).toEqual([])
  expect(await read({ blocked_domains: ['127.0.0.1'] })).toEqual([])
  await ask(`${pages.url}/rivers`, { max_content_tokens: 5 })
  expect(sent().messages[0]?.content).not.toContain('6650')
})

test('what cannot be read is told to the model, and the request goes on', async () => {
  await start()
  const response = await ask(`${pages.url}/nothing and ${pages.url}/endless`)
  expect(response.status).toBe(200)
  const text = sent().messages[0]?.content ?? ''
  expect(text).toContain('Not read: The address leads to nothing (status 404).')
  expect(text).toContain('more bytes than a request may hold')
  const [stage] = (await bodyOf(response)).openrouter_metadata.pipeline
  expect(stage.data.pages[0]).toMatchObject({ status: 'failed', error: 'The address leads to nothing (status 404).' })
})

test('private addresses are not reached, directly or by a redirect', async () => {
  await start()
  await ask(`http://10.0.0.1/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/ ${pages.url}/away`)
  const text = sent().messages[0]?.content ?? ''
  expect(text.match(/Not read: /g)).toHaveLength(4)
  await gateway.close()
  await pages.close()
  await start({})
  await ask(`${pages.url}/rivers`)
  expect(sent().messages[0]?.content).toContain('Not read: ')
  expect(pages.requests).toHaveLength(0)
})

test('a conversation that names no page is left as it is', async () => {
  await start()
  await ask('What is a river? See ftp://example.com or example.com')
  expect(sent().messages).toHaveLength(1)
})
