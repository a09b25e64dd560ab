import { execFile, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DocumentJob } from '../src/documents/job.ts'
import { textPdf } from '../src/documents/testing/pdf-files.ts'
import { startWaygate } from './cli/run-waygate.ts'

const run = promisify(execFile)
const repository = fileURLToPath(new URL('..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'waygate-package-'))
const installed = join(directory, 'node_modules', 'waygate')

// Packs the package, and installs the tarball in an empty directory: as users get it, without the development dependencies.
beforeAll(async () => {
  const tarballs = join(directory, 'tarballs')
  mkdirSync(tarballs)
  await run('npm', ['pack', '--pack-destination', tarballs], { cwd: repository })
  const [tarball = ''] = readdirSync(tarballs)
  writeFileSync(join(directory, 'package.json'), '{ "private": true }')
  const flags = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...flags, join(tarballs, tarball)], { cwd: directory })
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true }))

test('the installed package answers a chat request with the key that it printed', async () => {
  const server = startWaygate(['serve', '--port', '0'], { directory, shim: join(installed, 'bin/waygate.js') })
  const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
  const key = await server.printed(/API key[^\n]*: (\S+)\n/)
  const reply = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  expect({ status: reply.status, body: await reply.json() }).toMatchObject({
    status: 200,
    body: { choices: [{ message: { content: expect.stringMatching(/\w/) } }] },
  })
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('the installed package reads a PDF and a page', async () => {
  const reader = fork(join(installed, 'dist/cli/worker.js'), ['600'], { serialization: 'advanced', execArgv: [] })
  const read = async (job: DocumentJob): Promise<unknown> => {
    reader.send(job)
    const [outcome] = await once(reader, 'message')
    return outcome
  }
  const pdf = await read({ type: 'pdf', bytes: textPdf([['Hello']]), maxPages: 1, maxCharacters: 100 })
  const html = Buffer.from('<p><b>Hello</b></p>')
  const page = await read({
    type: 'page',
    bytes: html,
    contentType: 'text/html',
    url: 'https://example.com/',
    maxTokens: 9,
  })
  reader.kill()
  expect([pdf, page]).toMatchObject([
    { type: 'pdf', pages: ['Hello'] },
    { type: 'page', text: '**Hello**' },
  ])
})

test('the package contains the licence of every package that is part of the build', () => {
  const text = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8')
  for (const name of ['commander', 'htmlparser2', 'kysely', 'pino', 'typebox', 'undici', 'yaml']) {
    expect(text).toMatch(new RegExp(`^${name} \\d[^\\n]*\\n\\n[^]{0,200}(MIT|ISC|Copyright)`, 'm'))
  }
  expect(readdirSync(join(directory, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'unpdf',
    'waygate',
  ])
})

test('the package contains the build and no sources, tests or tools', () => {
  expect(readdirSync(installed).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'bin',
    'console',
    'dist',
    'docs',
    'package.json',
  ])
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(files.filter((file) => /\.(ts|tsx|template\.md)$|\.test\.|(^|\/)testing(\/|$)/.test(file))).toEqual([])
})

const systemNode = '/usr/bin/node'
const reasonToSkip = whyNotOld(systemNode)

test.skipIf(reasonToSkip !== null)(`an older Node says what it needs${reasonToSkip ?? ''}`, async () => {
  const started = run(systemNode, [join(installed, 'bin/waygate.js'), 'serve'], { env: {}, timeout: 50_000 })
  await expect(started).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Waygate needs Node 22\.19 or newer; this is v[\d.]+\. [^\n]+\n$/),
  })
})

/** Returns the reason why this Node cannot show the behaviour of an older one; null where it can. */
function whyNotOld(node: string): string | null {
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
    return major < 22 || (major === 22 && minor < 19) ? null : ` (skipped: ${node} is ${version}, new enough)`
  } catch {
    return ` (skipped: there is no ${node})`
  }
}
