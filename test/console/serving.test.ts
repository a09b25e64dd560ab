import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { ConsoleFiles } from '../../src/http/console-files.ts'
import { createServer, request, type Server } from 'node:http'
import { once } from 'node:events'
import { idleDependencies } from '../acceptance/idle-dependencies.ts'
import { rawExchange } from '../faults/raw-exchange.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-console-'))
const script = 'console.log("console")'

/** Serves an app with these files of the console, and returns its address. */
async function serve(consoleFiles: ConsoleFiles | null): Promise<{ readonly url: string; readonly server: Server }> {
  const catalog = () => ({ models: new Map(), aliases: new Map() })
  const app = createApp({ ...idleDependencies, catalog, consoleFiles })
  const server = createServer((incoming, outgoing) => void app.handle(incoming, outgoing)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${Object(server.address()).port}`, server }
}

let built: Awaited<ReturnType<typeof serve>>
let unbuilt: Awaited<ReturnType<typeof serve>>
let off: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  mkdirSync(join(directory, 'assets'))
  for (const [name, content] of [
    ['index.html', '<!doctype html><title>Waygate</title>'],
    ['assets/index-abc.js', script],
    ['assets/secret.txt', 'secret'],
  ] as const) {
    writeFileSync(join(directory, name), content)
    writeFileSync(join(directory, `${name}.gz`), gzipSync(content))
  }
  built = await serve(new ConsoleFiles(`${directory}/`))
  unbuilt = await serve(new ConsoleFiles(`${directory}/nowhere/`))
  off = await serve(null)
})
afterAll(() => {
  for (const { server } of [built, unbuilt, off]) server.close()
  rmSync(directory, { recursive: true })
})

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the page', () => {
  test('is the console for a browser, always asked for anew, under a policy without exceptions, and in no frame', async () => {
    const reply = await fetch(`${built.url}/`, { headers: browser })
    expect(await reply.text()).toBe('<!doctype html><title>Waygate</title>')
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      vary: 'accept, accept-encoding',
    })
    const policy = reply.headers.get('content-security-policy')?.split('; ') ?? []
    expect(policy).toEqual(
      expect.arrayContaining([
        `default-src 'none'`,
        `script-src 'self'`,
        `style-src 'self'`,
        `connect-src 'self'`,
        `base-uri 'none'`,
        `form-action 'none'`,
        `frame-ancestors 'none'`,
      ]),
    )
    expect(policy.join(' ')).not.toMatch(/unsafe|\*|http/)
  })

  test.each(['*/*', 'application/json'])('is the plain one for a program that accepts %s', async (accept) => {
    const reply = await fetch(`${built.url}/`, { headers: { accept } })
    const text = await reply.text()
    expect(text).toContain('Waygate is running')
    expect(text).not.toContain('not built')
  })

  test('says so where the console is not built, and not where it is switched off', async () => {
    expect(await (await fetch(`${unbuilt.url}/`, { headers: browser })).text()).toContain('The console is not built')
    const plain = await (await fetch(`${off.url}/`, { headers: browser })).text()
    expect(plain).toContain('Waygate is running')
    expect(plain).not.toContain('not built')
  })
})

describe('an asset', () => {
  test('may be kept for good, and comes compressed to those who take that', async () => {
    const [status, headers, body] = await bytesOf('/assets/index-abc.js', 'gzip')
    expect({ status, headers }).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'content-encoding': 'gzip',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    })
    expect(gunzipSync(body).toString()).toBe(script)
    const [, plain, text] = await bytesOf('/assets/index-abc.js', 'identity')
    expect(plain['content-encoding']).toBeUndefined()
    expect(text.toString()).toBe(script)
  })

  test.each([
    '/assets/index-other.js',
    '/assets/index-abc.js.gz',
    '/assets/secret.txt',
    '/assets/..%2findex.html',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/index.html',
    '/assets/%00.js',
    '/assets/index-abc%5c.js',
  ])('that the build did not make is a 404: %s', async (path) => {
    const { status, text } = await rawExchange(built.url, [
      `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
    ])
    expect(status).toBe(404)
    expect(text).not.toMatch(/Waygate<|secret"|"name"/)
  })

  test('is not served where the console is switched off', async () => {
    expect((await fetch(`${off.url}/assets/index-abc.js`)).status).toBe(404)
  })
})

/** Requests as a client that does not decompress. */
async function bytesOf(path: string, encoding: string): Promise<readonly [number, Record<string, string>, Buffer]> {
  const sent = request(built.url + path, { headers: { 'accept-encoding': encoding } }).end()
  const [reply] = await once(sent, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of reply) chunks.push(chunk)
  return [reply.statusCode, reply.headers, Buffer.concat(chunks)]
}

const dist = new URL('../../console/dist/', import.meta.url)

/** What a build has, where there is one. */
function filesOf(): readonly string[] {
  try {
    return readdirSync(new URL('assets', dist))
  } catch {
    return []
  }
}

describe.skipIf(filesOf().length === 0)('the build', () => {
  const page = filesOf().length === 0 ? '' : readFileSync(new URL('index.html', dist), 'utf8')

  test('takes at most 190 kB at first load', () => {
    const first = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name = '']) => name)
    expect(first.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(0)
    const bytes = ['index.html', ...first].map((name) => readFileSync(new URL(`${name}.gz`, dist)).length)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(190_000)
  })

  test('has no script or style inside the page, nothing from elsewhere, and no eval', () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=/)
    expect(
      [...page.matchAll(/(?:src|href)="([^"]+)"/g)].filter(([, address = '']) => !address.startsWith('./')),
    ).toEqual([])
    for (const name of filesOf().filter((file) => /\.(js|css)$/.test(file))) {
      const text = readFileSync(new URL(`assets/${name}`, dist), 'utf8')
      expect({ name, found: /\beval\(|new Function\(|@import|url\((?!["']?data:)/.exec(text)?.[0] }).toEqual({ name })
      expect({ name, found: /sk-or-v1-\w{8}/.exec(text)?.[0] }).toEqual({ name })
    }
  })
})
