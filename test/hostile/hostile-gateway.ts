import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import type { Target } from './hostile-input.ts'

const shim = fileURLToPath(new URL('../../bin/waygate.js', import.meta.url))
const key = 'sk-or-v1-test-key-of-a-hostile-caller'
const managementKey = 'sk-or-v1-test-key-of-a-hostile-manager'

/** The protocols besides chat completions. Each has a model. */
const languages = ['messages', 'responses', 'converse', 'cohere-chat', 'generate-content']

/** A real gateway in a process of its own, with the heap of a small machine. */
export interface HostileGateway extends Target {
  /** Whether the process that was started is still running. */
  alive(): boolean
  /** Its output so far, of both stdout and stderr. */
  output(): string
  close(): Promise<void>
}

export async function startHostileGateway(): Promise<HostileGateway> {
  let answer: RequestListener = (_, response) => response.writeHead(500).end()
  const upstream = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')

  const directory = await mkdtemp(join(tmpdir(), 'waygate-hostile-'))
  const file = join(directory, 'waygate.yaml')
  const hostile = { provider: 'hostile', model: 'm', pricing: { prompt: 1, completion: 1 } }
  const steady = { provider: 'waygate', model: 'steady', pricing: { prompt: 2, completion: 2 } }
  await writeFile(
    file,
    stringify({
      server: { host: '127.0.0.1', port: 0 },
      storage: { url: `sqlite:${join(directory, 'waygate.db')}` },
      keys: [
        { name: 'hostile', key },
        { name: 'manager', key: managementKey, management: true },
      ],
      fetch: { allow: ['127.0.0.1'] },
      discovery: true,
      providers: {
        hostile: { base_url: `http://127.0.0.1:${address.port}/v1`, api_key: 'upstream-secret' },
        fetchless: {
          base_url: `http://127.0.0.1:${address.port}/v1`,
          api_key: 'upstream-secret',
          protocol: 'generate-content',
        },
        ...Object.fromEntries(
          languages.map((protocol) => [
            `hostile-${protocol}`,
            { base_url: `http://127.0.0.1:${address.port}/v1`, api_key: 'upstream-secret', protocol },
          ]),
        ),
      },
      models: {
        'hostile/only': { endpoints: [hostile] },
        'hostile/first': { endpoints: [hostile, steady] },
        'hostile/fetchless': {
          input_modalities: ['text', 'image'],
          endpoints: [{ ...hostile, provider: 'fetchless' }],
        },
        'hostile/thinks': { endpoints: [{ ...hostile, model: 'deepseek-r1' }] },
        ...Object.fromEntries(
          languages.map((protocol) => [
            `hostile/${protocol}`,
            { endpoints: [{ ...hostile, provider: `hostile-${protocol}` }] },
          ]),
        ),
      },
      // What the gateway learns about the provider from one hostile answer must not protect it from the next.
      routing: { outage_window_s: 0 },
    }),
  )
  const child = spawn(process.execPath, ['--max-old-space-size=256', shim, 'serve', '--config', file], {
    cwd: directory,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const closed = once(child, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    const read = (text: string): void => {
      output += text
      const found = /listens on (\S+)/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    void closed.then(() => reject(new Error(`The gateway did not start:\n${output}`)))
  })

  const post: Target['post'] = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    url,
    key,
    managementKey,
    post,
    chat: (body, headers) =>
      post(
        '/api/v1/chat/completions',
        { model: 'waygate/simulator', messages: [{ role: 'user', content: 'hi' }], ...body },
        headers,
      ),
    upstreamAnswers: (next) => (answer = next),
    alive: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    async close() {
      child.kill('SIGKILL')
      await closed
      upstream.closeAllConnections()
      upstream.close()
      await rm(directory, { recursive: true })
    },
  }
}
