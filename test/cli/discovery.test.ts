import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { configured, runWaygate, startWaygate } from './run-waygate.ts'

/** A server that lists models. The list can be changed, and the server can demand a key. */
async function modelServer(ids: string[], key?: string) {
  const server: Server = createServer((request, response) => {
    if (request.url !== '/v1/models') return response.writeHead(404).end()
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) return response.writeHead(401).end()
    return response.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }))
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, port, server, ids }
}

async function waygate(arguments_: readonly string[], text: string, environment = {}) {
  const { code, stdout, stderr } = await runWaygate(arguments_, { directory: configured(text), environment })
  return { code, stdout, stderr }
}

/**
 * Returns the models that a gateway with this configuration offers, without those of local servers that it does not name, and without those of
 * the simulator that are no chats.
 */
async function offered(text: string, environment = {}): Promise<readonly string[]> {
  const config = loadConfig({ environment, workingDirectory: configured(text), builtInProviders })
  const gateway = await createGateway({
    ...config,
    storage: { ...config.storage, url: 'sqlite::memory:', journal: null },
  })
  const slugs = [...gateway.catalog().models.keys()].filter((slug) => !slug.startsWith('waygate/simulator-'))
  // Ollama may be running on the machine that runs these tests.
  const own = gateway.providers().filter(({ queried, configured: named }) => queried && !named)
  await gateway.close()
  return slugs.filter((model) => !own.some(({ slug }) => model.startsWith(`${slug}/`)))
}

describe('local servers', () => {
  test('at other addresses and an operator’s own providers are asked for their models, with their keys', async () => {
    const box = await modelServer(['llama3.2:latest', 'qwen3:8b'])
    const own = await modelServer(['big-model', 'qwen/qwen3-32b'], 'own-key')
    const text = `
providers:
  ollama: { base_url: "${box.url}" }
  box-2: { base_url: "${own.url}", api_key: own-key, discover: true }
  box-3: { base_url: "${own.url}", api_key: own-key }
`
    expect((await offered(text)).toSorted()).toEqual([
      'box-2/big-model',
      'ollama/llama3.2:latest',
      'ollama/qwen3:8b',
      'qwen/qwen3-32b',
      'waygate/simulator',
    ])
    // With discovery off, an explicit setting still holds; its consequences do not.
    expect((await offered(`discovery: false\n${text}`)).toSorted()).toEqual(['box-2/big-model', 'qwen/qwen3-32b'])
    const { stdout } = await waygate(['check'], text)
    expect(stdout).toMatch(new RegExp(`^ollama +2 models +is configured, and answers at ${box.url}$`, 'm'))
    expect(stdout).toMatch(new RegExp(`^box-2 +2 models +is configured, and answers at ${own.url}$`, 'm'))
    expect(stdout).not.toContain('own-key')
  })

  test('serve one model together where two list it', async () => {
    const [one, two] = [await modelServer(['acme/shared']), await modelServer(['acme/shared'])]
    const text = `providers: { one: { base_url: "${one.url}", discover: true }, two: { base_url: "${two.url}", discover: true } }`
    const { stdout } = await waygate(['route', 'acme/shared'], text)
    expect(stdout).toMatch(/^1 +(one|two) /m)
    expect(stdout).toMatch(/^2 +(one|two) /m)
  })

  test('that do not list models are named, with what is wrong', async () => {
    const box = await modelServer(['m'], 'own-key')
    const text = `
providers:
  ollama: { base_url: "http://127.0.0.1:1/v1" }
  vllm: { base_url: "${box.url.replace('/v1', '')}" }
  lmstudio: { base_url: "${box.url}", api_key: wrong }
`
    const { code, stdout } = await waygate(['check'], text)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ollama .*nothing listens there \(http:\/\/127\.0\.0\.1:1\/v1\/models\)$/m)
    expect(stdout).toMatch(/^vllm .*status 404, perhaps since base_url lacks \/v1 \(/m)
    expect(stdout).toMatch(/^lmstudio .*status 401, so it wants an api_key, or another one \(/m)
  })

  test('are named at the start, with the providers and the file', async () => {
    const box = await modelServer(['llama3.2:latest'])
    const directory = configured(`providers: { ollama: { base_url: "${box.url}" } }`)
    const server = startWaygate(['serve', '--port', '0'], { directory, environment: { GROQ_API_KEY: 'groq-secret' } })
    await server.printed(/(Models +\d+: \S+)\n/)
    const output = server.stdout()
    expect(output).toContain(`  Configuration  ${directory}/waygate.yaml\n`)
    expect(output).toMatch(new RegExp(`^  Providers +ollama +1 model +is configured, and answers at ${box.url}$`, 'm'))
    expect(output).toMatch(/^ +groq +\d+ models +GROQ_API_KEY is set$/m)
    expect(output).toMatch(/^  Local servers  llama-cpp, lmstudio, vllm: not running$/m)
    expect(output).not.toContain('groq-secret')
    expect(await server.stop('SIGTERM')).toBe(0)
  })

  test('answer for their models: a request for one of a server that lists none is told why, and a plain name is completed', async () => {
    const box = await modelServer(['llama3.2:latest'])
    const text = `
providers:
  ollama: { base_url: "http://127.0.0.1:1/v1" }
  box: { base_url: "${box.url}", discover: true }
`
    expect(await waygate(['route', 'ollama/llama3.2'], text)).toMatchObject({
      code: 1,
      stderr:
        'ollama/llama3.2 is not a valid model ID here. The server ollama lists no models now: nothing listens there.\n',
    })
    for (const name of ['llama3.2', 'box/llama3.2', 'Llama3.2']) {
      const { stderr } = await waygate(['route', name], text)
      expect(stderr).toBe(`${name} is not a valid model ID. Did you mean "box/llama3.2:latest"?\n`)
    }
  })

  test('come, go and list other models while the gateway runs, which the log tells', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const box = await modelServer(['first'])
    const workingDirectory = configured(
      `server: { port: 0 }\nstorage: { url: "sqlite::memory:" }\nproviders: { ollama: { base_url: "${box.url}" } }`,
    )
    const log: string[] = []
    const config = loadConfig({ environment: {}, workingDirectory, builtInProviders })
    const gateway = await createGateway(config, { logOutput: { write: (line) => log.push(line) } })
    onTestFinished(() => gateway.close())
    await gateway.listen()
    const models = () => [...gateway.catalog().models.keys()].filter((slug) => slug.startsWith('ollama/'))
    const received = () => log.map((line) => JSON.parse(line)).filter(({ provider }) => provider === 'ollama')
    const look = async (entries: number) => {
      vi.advanceTimersByTime(30_000)
      await expect.poll(() => received().length).toBe(entries)
    }
    expect(models()).toEqual(['ollama/first'])

    const catalog = gateway.catalog()
    box.ids.push('second')
    await look(1)
    expect(models()).toEqual(['ollama/first', 'ollama/second'])
    expect(gateway.catalog()).not.toBe(catalog)

    box.server.closeAllConnections()
    await new Promise((resolve) => box.server.close(resolve))
    await look(2)
    expect(models()).toEqual([])

    box.server.listen(box.port, '127.0.0.1')
    await once(box.server, 'listening')
    await look(3)
    expect(models()).toEqual(['ollama/first', 'ollama/second'])
    expect(received()).toMatchObject([
      { level: 30, address: box.url, added: ['second'], removed: [], msg: 'the server lists other models' },
      { address: box.url, reason: 'nothing listens there', msg: expect.stringContaining('offered no more') },
      { address: box.url, models: ['first', 'second'], msg: expect.stringContaining('offered now') },
    ])
  })
})

const withModel = `
keys: [{ name: dev, key: sk-dev-0123456789abcdef }]
providers: { prov-a: { base_url: "http://127.0.0.1:9/v1" } }
models: { acme/m1: { endpoints: [{ provider: prov-a, model: m }] } }
`

describe('models of one’s own', () => {
  test('take nothing away, unless discovery is off', async () => {
    const environment = { GROQ_API_KEY: 'groq-secret' }
    const all = await offered(withModel, environment)
    expect(all).toContain('acme/m1')
    expect(all).toContain('meta-llama/llama-3.3-70b-instruct')
    expect(all).toContain('waygate/simulator')
    expect(all.toSorted()).toEqual([...(await offered('', environment)), 'acme/m1'].toSorted())
    expect(await offered(`discovery: false\n${withModel}`, environment)).toEqual(['acme/m1'])
  })

  test('stand in check beside what discovery offers, with the reasons', async () => {
    const environment = { GROQ_API_KEY: 'groq-secret' }
    const { stdout } = await waygate(['check'], withModel, environment)
    expect(stdout).toMatch(/^Discovery +on$/m)
    expect(stdout).toMatch(/^prov-a +1 model +is configured$/m)
    expect(stdout).toMatch(/^groq +\d+ models +GROQ_API_KEY is set$/m)
    expect(stdout).toMatch(/^waygate +\d+ models +is the bundled simulator$/m)
    expect(stdout).toMatch(
      /^Offered beside the configuration: groq,( [a-z-]+,)* waygate\. `discovery: false` leaves them out\.$/m,
    )
    expect(stdout).not.toContain('groq-secret')
    const off = await waygate(['check'], `discovery: false\n${withModel}`, environment)
    expect(off.stdout).toMatch(/^Discovery +off/m)
    expect(off.stdout).not.toMatch(/groq|waygate +1 model|Offered beside/)
  })

  test('stand at the start beside what discovery offers', async () => {
    const options = { directory: configured(withModel), environment: { GROQ_API_KEY: 'groq-secret' } }
    const server = startWaygate(['serve', '--port', '0'], options)
    await server.printed(/(Models +\d+: \S+)\n/)
    expect(server.stdout()).toMatch(
      /^ {2}Discovery {6}Offered beside the configuration: groq,( [a-z-]+,)* waygate\. `discovery: false` leaves them out\.$/m,
    )
    expect(await server.stop('SIGTERM')).toBe(0)
  })
})

describe('providers without a key', () => {
  test('offer nothing although they are configured, and check prints what to set', async () => {
    const openai = 'providers: { openai: {} }'
    expect(await offered(openai)).toEqual(['waygate/simulator'])
    const { code, stdout } = await waygate(['check'], openai)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^openai +no models +is configured, but has no credentials\. Set OPENAI_API_KEY, or configure it under providers\.openai\.$/m,
    )
    expect(await offered(openai, { OPENAI_API_KEY: 'k' })).toContain('openai/gpt-4o')
    expect(await offered('providers: { openai: { api_key: k } }')).toContain('openai/gpt-4o')
    // A server at an operator's own address may need no key.
    expect(await offered('providers: { openai: { base_url: "http://127.0.0.1:9/v1" } }')).toContain('openai/gpt-4o')
    // AWS gives credentials to machines without a variable.
    expect(await offered('providers: { amazon-bedrock: {} }')).toContain('amazon/nova-lite-v1')
  })

  test('whose variable holds nothing but space are without one, and a line break at the end of a key is not sent', async () => {
    expect(await offered('', { OPENAI_API_KEY: ' \n' })).toEqual(['waygate/simulator'])
    const { environment } = loadConfig({
      environment: { OPENAI_API_KEY: 'sk-key\n' },
      workingDirectory: configured(''),
      builtInProviders,
    })
    expect(environment['OPENAI_API_KEY']).toBe('sk-key')
  })

  test.each([
    ['openai/gpt-4o', '', /^openai\/gpt-4o is not a valid model ID here\. .*Set OPENAI_API_KEY \(openai\)/],
    ['gpt-4o:nitro', '', /^gpt-4o:nitro is not a valid model ID here\. .*Set OPENAI_API_KEY \(openai\)/],
    ['claude-sonnet-4-5', '', /Set ANTHROPIC_API_KEY \(anthropic\), or .*another of its providers/],
    ['claude-haiku-4-5-20251001', '', /Set ANTHROPIC_API_KEY \(anthropic\)/],
    ['gpt-4o', 'bare_names: false', /^gpt-4o is not a valid model ID\. GET/],
    ['openai/gpt-4o', 'discovery: false', /discovery is off .*Name one under `providers`, such as openai/],
  ])('%s with %j is refused with what to do', async (model, text, message) => {
    const { code, stderr } = await waygate(['route', model], text)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})
