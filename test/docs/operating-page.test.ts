import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { temporaryDirectory } from '../cli/run-waygate.ts'
import { behaving, startGateway, testKey } from '../gateway.ts'

const repository = new URL('../..', import.meta.url)
const page = readFileSync(new URL('docs/operating.md', repository), 'utf8')

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const noNginx = spawnSync('nginx', ['-v']).error === undefined ? null : ' (skipped: there is no nginx)'

test.skipIf(noNginx !== null)(`the sample for nginx passes on a stream piece by piece${noNginx ?? ''}`, async () => {
  const gateway = await startGateway({
    models: { 'acme/stalls': behaving('stall-after-3+tokens-60') },
    timeouts: { idle_ms: 30_000 },
  })
  onTestFinished(() => gateway.close())
  const port = await freePort()
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'tmp'))
  // Everything but TLS and the addresses is as it stands on the page.
  const sample = block('nginx')
    .replace('127.0.0.1:8402', new URL(gateway.url).host)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replaceAll(/^\s*ssl_certificate.*\n/gm, '')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${directory}/tmp;`,
  )
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; pid ${directory}/pid; error_log stderr; events {}\nhttp { access_log off; ${paths.join(' ')}\n${sample}}`,
  )
  const nginx = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], { stdio: 'ignore' })
  onTestFinished(() => void nginx.kill('SIGQUIT'))
  const url = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    expect(nginx.exitCode).toBeNull()
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
  const reply = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/stalls', messages: [{ role: 'user', content: 'hi' }], stream: true }),
  })
  // The provider is silent after three words and the answer has no end, so these three came through while it ran.
  const reader = reply.body?.getReader()
  let text = ''
  while (!/carries/.test(text)) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
    if (done) break
    text += Buffer.from(value).toString()
  }
  expect(text).toMatch(/carries/)
  expect(text).not.toContain('[DONE]')
  await reader?.cancel()
})

test('the samples of proxies have no buffering and more patience than the gateway', () => {
  expect(block('nginx')).toContain('proxy_buffering off;')
  const [open, close] = [/\{/g, /\}/g].map((pattern) => block('caddy').match(pattern)?.length)
  expect(open).toBe(close)
  const { services, routers } = parse(block('yaml traefik')).http
  expect(Object.keys(services)).toEqual([routers.waygate.service])
  for (const sample of ['nginx', 'caddy', 'yaml traefik']) expect(block(sample)).toContain('660s')
})

test('its commands name files of the repository, and commands that exist', () => {
  const shell = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text).join('')
  for (const [path] of shell.matchAll(/deploy\/[\w./-]+/g)) {
    if (!path.endsWith('.env')) expect(existsSync(new URL(path, repository)), path).toBe(true)
  }
  const waygate = [...shell.matchAll(/(?:^waygate|waygate\.js) (\w+)/gm)].map(([, command = '']) => command)
  const { stdout } = spawnSync(process.execPath, [new URL('bin/waygate.js', repository).pathname, '--help'], {
    encoding: 'utf8',
  })
  expect(waygate.length).toBeGreaterThan(1)
  for (const command of waygate) expect(stdout).toContain(`  ${command} `)
})
