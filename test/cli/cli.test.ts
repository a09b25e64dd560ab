import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { configured, runWaygate, startWaygate, temporaryDirectory } from './run-waygate.ts'

const config = `
keys:
  - { name: dev, key: sk-dev-0123456789abcdef, limit: 2.5 }
  - { name: admin, key: sk-admin-0123456789ab, management: true }
providers:
  prov-a: { base_url: "http://127.0.0.1:9/v1" }
  prov-b: { base_url: "http://127.0.0.1:9/v1" }
models:
  acme/m1:
    context_length: 8192
    aliases: [acme/m-one]
    endpoints:
      - { provider: prov-b, model: m1-b, pricing: { prompt: 3, completion: 6 } }
      - { provider: prov-a, model: m1-a, pricing: { prompt: 0.15, completion: 2 } }
`

function lines(text: string): readonly string[] {
  return text.trimEnd().split('\n')
}

describe('the command', () => {
  test('prints which Node it needs when it is started with an older one', async () => {
    const pretend = `Object.defineProperties(process, { version: { value: 'v20.20.2' }, versions: { value: { node: '20.20.2' } } })`
    const node = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`]
    const { code, stderr } = await runWaygate(['check'], { directory: temporaryDirectory(), node })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Waygate needs Node 22\.19 or newer; this is v20\.20\.2\. [^\n]+npm run waygate[^\n]+\n$/)
  })

  test('prints its help', async () => {
    const { code, stdout } = await runWaygate(['--help'], { directory: temporaryDirectory() })
    expect(code).toBe(0)
    for (const name of ['serve', 'keys', 'check', 'models', 'route', 'simulator'])
      expect(stdout).toContain(`  ${name} `)
  })

  test.each([
    [['serv'], /unknown command 'serv'/],
    [['serve', '--port', '70000'], /between 0 and 65535/],
    [['keys', 'create'], /required option '--name <name>' not specified/],
    [['keys', 'create', '--name', 'x', '--limit', '-1'], /amount in USD/],
    [['keys', 'create', '--name', 'x', '--expires', 'soon'], /ISO time/],
    [['keys', 'create', '--name', 'x', '--expires', '2027-02-30'], /ISO time in UTC/],
    [['keys', 'create', '--name', 'x', '--expires', 'Jan 1 2027'], /ISO time in UTC/],
    [['keys', 'create', '--name', 'x', '--expires', '2027-01-01T00:00:00'], /ISO time in UTC/],
    [['keys', 'create', '--name', 'x', '--account', ' '], /--account.*1 to 100 characters/],
    [['route'], /missing required argument 'model'/],
  ])('ends with 2 when it is used wrongly: %j', async (arguments_, message) => {
    const { code, stderr } = await runWaygate(arguments_, { directory: temporaryDirectory() })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
  })

  test('shows where an error arose only with WAYGATE_DEBUG=1', async () => {
    const directory = configured('sever: {}')
    const plain = await runWaygate(['check'], { directory })
    expect(plain).toEqual({
      code: 1,
      stdout: '',
      stderr: 'waygate.yaml:1:1 sever: unknown key. Did you mean "server"?\n',
    })
    const debugged = await runWaygate(['check'], { directory, environment: { WAYGATE_DEBUG: '1' } })
    expect(debugged.stderr).toMatch(/Did you mean "server"\?\n {4}at /)
  })
})

describe('check', () => {
  test('prints what would run without any configuration, and leaves nothing behind', async () => {
    const directory = temporaryDirectory()
    const environment = { OPENAI_API_KEY: 'sk-never-shown' }
    const { code, stdout, stderr } = await runWaygate(['check'], { directory, environment })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('http://127.0.0.1:8402\n')
    expect(stdout).toContain(`sqlite:${directory}/.waygate/waygate.db\n`)
    expect(stdout).toMatch(/^openai +\d+ models +OPENAI_API_KEY is set$/m)
    expect(stdout).toMatch(/^Not offered, since their variables are not set:\n[^]*groq \(GROQ_API_KEY\)/m)
    expect(stdout).not.toContain('sk-never-shown')
    expect(existsSync(join(directory, '.waygate'))).toBe(false)
  })

  test('prints what would run with one', async () => {
    const directory = configured(config)
    const { code, stdout } = await runWaygate(['check'], { directory, environment: { WAYGATE_PORT: '9000' } })
    expect(code).toBe(0)
    expect(stdout).toContain(`${directory}/waygate.yaml\n`)
    expect(stdout).toContain('http://127.0.0.1:9000\n')
    expect(stdout).toMatch(/Keys +dev, admin \(management\)\n/)
    expect(stdout).toMatch(/^prov-a +1 model +is configured$/m)
    expect(stdout).not.toMatch(/0123456789abcdef/)
  })

  describe('warns of an address that is that of a call', () => {
    const own = (base_url: string, protocol = 'chat-completions') =>
      `discovery: false\nproviders: { house: { base_url: "${base_url}", protocol: ${protocol} } }\n`
    test.each([
      ['https://h.example/v1/chat/completions', 'chat-completions', 'https://h.example/v1'],
      ['https://h.example/v1/chat/completions/', 'chat-completions', 'https://h.example/v1'],
      ['https://h.example/v1/Chat/Completions', 'chat-completions', 'https://h.example/v1'],
      ['https://h.example/v1/completions', 'completions', 'https://h.example/v1'],
      ['https://h.example/v1/messages', 'messages', 'https://h.example/v1'],
      ['https://h.example/v1/responses', 'responses', 'https://h.example/v1'],
      ['https://h.example/v2/chat', 'cohere-chat', 'https://h.example/v2'],
    ])('%s in %s', async (address, protocol, right) => {
      const { code, stdout } = await runWaygate(['check'], { directory: configured(own(address, protocol)) })
      expect(code).toBe(0)
      expect(stdout).toContain('Warnings:\n  providers.house.base_url ends in /')
      expect(stdout).toContain(`Write ${right} instead.`)
    })

    test.each([
      ['https://h.example/v1', 'chat-completions'],
      ['https://h.example/v1/chat', 'chat-completions'],
      ['https://h.example/messages', 'chat-completions'],
      ['https://h.example/my-completions', 'chat-completions'],
    ])('but not of %s in %s', async (address, protocol) => {
      const { code, stdout } = await runWaygate(['check'], { directory: configured(own(address, protocol)) })
      expect(code).toBe(0)
      expect(stdout).not.toContain('Warnings')
    })

    test('of a built-in provider as well', async () => {
      const text =
        'discovery: false\nproviders: { openai: { base_url: "https://h.example/v1/chat/completions", api_key: k } }\n'
      const { stdout } = await runWaygate(['check'], { directory: configured(text) })
      expect(stdout).toContain('providers.openai.base_url ends in /chat/completions')
    })
  })

  test('names the key file, does not make it, and refuses one that everybody may read', async () => {
    const directory = configured(`${config}secrets: { key_file: s.key }\n`)
    const { stdout } = await runWaygate(['check'], { directory })
    expect(stdout).toContain(`${directory}/s.key (made at the first start)\n`)
    expect(existsSync(join(directory, 's.key'))).toBe(false)
    writeFileSync(join(directory, 's.key'), Buffer.alloc(32), { mode: 0o600 })
    chmodSync(join(directory, 's.key'), 0o644)
    const { code, stderr } = await runWaygate(['check'], { directory })
    expect(code).toBe(1)
    expect(stderr).toContain(`chmod 600 '${directory}/s.key'`)
  })

  test('refuses a default model that nobody offers', async () => {
    const { code, stderr } = await runWaygate(['check'], { directory: configured(`${config}default_model: acme/m2\n`) })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /waygate\.yaml: default_model: acme\/m2 is not a valid model ID\. Did you mean "acme\/m1"\?\n$/,
    )
  })
})

describe('models and route', () => {
  test('models prints a table with the range of prices, or JSON', async () => {
    const painter =
      '{ output_modalities: [image], endpoints: [{ provider: prov-a, model: m2, pricing: { output_image: 0.04 } }] }'
    const directory = configured(`${config}  acme/painter: ${painter}\n`)
    const table = await runWaygate(['models', '--config', 'waygate.yaml'], { directory })
    // It has prices, but none of tokens.
    expect(table.stdout).toMatch(/^acme\/painter +1 +\? +- +-$/m)
    expect(
      lines(table.stdout)
        .find((line) => line.startsWith('acme/m1'))
        ?.split(/ {2,}/),
    ).toEqual(['acme/m1', '2', '8192', '$0.15 to $3', '$2 to $6'])
    const json = await runWaygate(['models', '--json'], { directory })
    expect(JSON.parse(json.stdout)).toContainEqual({
      slug: 'acme/m1',
      name: expect.any(String),
      context_length: 8192,
      endpoints: [
        { tag: 'prov-b', provider: 'prov-b', context_length: 8192, prompt: 3, completion: 6 },
        { tag: 'prov-a', provider: 'prov-a', context_length: 8192, prompt: 0.15, completion: 2 },
      ],
    })
  })

  test('route prints the endpoints in the order they would be tried, by slug or alias', async () => {
    const directory = configured(`${config}routing: { seed: 1 }\n`)
    const plain = await runWaygate(['route', 'acme/m-one'], { directory })
    expect(lines(plain.stdout).map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['', 'ENDPOINT', 'MODEL', 'UPSTREAM MODEL'],
      ['1', 'prov-a', 'acme/m1', 'm1-a'],
      ['2', 'prov-b', 'acme/m1', 'm1-b'],
    ])
  })

  test('route prints the order, the cost and what is left out, for the request in a file', async () => {
    const directory = configured(`${config}routing: { seed: 1 }\n`)
    const request = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 1000, provider: { ignore: ['prov-b'] } }
    writeFileSync(join(directory, 'request.json'), JSON.stringify(request))
    const { stdout } = await runWaygate(['route', 'acme/m-one', '--explain', '--request', 'request.json'], {
      directory,
    })
    const output = lines(stdout)
    expect(output).toContainEqual('Requested    acme/m-one (alias)')
    expect(output).toContainEqual('Ordered by   configured order')
    expect(output.slice(-2).map((line) => line.split(/ {2,}/))).toEqual([
      ['1', 'prov-a', 'acme/m1', 'm1-a', '$0.15', '$2', expect.stringMatching(/^\$0\.00200\d$/)],
      [
        '-',
        'prov-b',
        'acme/m1',
        'm1-b',
        '$3',
        '$6',
        expect.stringMatching(/^\$0\.0060\d\d$/),
        expect.stringContaining('left out by allowed_providers'),
      ],
    ])
  })

  test('route reports that there is no such model, or that none of its endpoints is left', async () => {
    const directory = configured(config)
    const unknown = await runWaygate(['route', 'acme/m3'], { directory })
    expect({ code: unknown.code, stderr: unknown.stderr }).toEqual({
      code: 1,
      stderr: 'acme/m3 is not a valid model ID. Did you mean "acme/m1"?\n',
    })
    const request = { messages: [{ role: 'user', content: 'hi' }], provider: { only: ['prov-z'] } }
    writeFileSync(join(directory, 'request.json'), JSON.stringify(request))
    const none = await runWaygate(['route', 'acme/m1', '--explain', '--request', 'request.json'], { directory })
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('No endpoints found for acme/m1')
    expect(none.stdout).toContain('it is not in `provider.only`')
  })
})

describe('keys', () => {
  test('create prints the key alone on stdout, and list shows it masked beside the configured ones', async () => {
    const directory = configured(config)
    const flags = ['--name', 'team', '--limit', '0.1', '--account', 'a', '--expires', '2100-01-01T00:00:00Z']
    const made = await runWaygate(['keys', 'create', ...flags], { directory })
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^sk-or-v1-[0-9a-f]{64}\n$/)
    expect(made.stderr).not.toContain(made.stdout.trim())
    const { stdout } = await runWaygate(['keys', 'list'], { directory })
    const masked = `${made.stdout.slice(0, 12)}...${made.stdout.trim().slice(-3)}`
    expect(lines(stdout).map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'KEY', 'ACCOUNT', 'KIND', 'LIMIT', 'IN A MINUTE', 'EXPIRES', 'STATE', 'KEPT IN'],
      ['dev', '...', 'default', 'inference', '$2.5', 'no limit', 'never', 'active', 'configuration'],
      ['admin', '...', 'default', 'management', 'none', 'no limit', 'never', 'active', 'configuration'],
      ['team', masked, 'a', 'inference', '$0.1', 'no limit', '2100-01-01T00:00:00Z', 'active', 'database'],
    ])
  })

  test('a running server accepts a new key', async () => {
    const directory = temporaryDirectory()
    const server = startWaygate(['serve', '--port', '0'], { directory })
    const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
    const { stdout } = await runWaygate(['keys', 'create', '--name', 'late'], { directory })
    const ask = () =>
      fetch(`${url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello' }] }),
      })
    await expect.poll(async () => (await ask()).status).toBe(200)
    expect(await server.stop('SIGTERM')).toBe(0)
  })
})

describe('serve', () => {
  test('reports in one line that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runWaygate(['serve', '--port', String(port)], { directory: temporaryDirectory() })
    expect(code).toBe(1)
    expect(lines(stderr)).toEqual([expect.stringContaining(`${port}`)])
  })

  test.each([
    // A malformed name cannot be resolved, and needs no name server.
    ['a..b', 'There is no host of the name a..b.'],
    // An address of a block for documentation, which no machine has.
    ['203.0.113.7', '203.0.113.7 is not an address of this machine.'],
  ])('serve and simulator end where %s is the address to listen on', async (host, message) => {
    for (const command of ['serve', 'simulator']) {
      const { code, stdout, stderr } = await runWaygate([command, '--host', host, '--port', '0'], {
        directory: temporaryDirectory(),
      })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(lines(stderr)).toEqual([expect.stringContaining(message)])
    }
  })

  test.each([
    ['0.0.0.0', 'http://127.0.0.1:'],
    ['127.0.0.1', 'http://127.0.0.1:'],
  ])('at %s is asked at %s from this machine', async (host, asked) => {
    const server = startWaygate(['serve', '--host', host, '--port', '0'], { directory: temporaryDirectory() })
    await server.printed(/(-d '[^\n]*)\n/)
    expect(server.stdout()).toContain(`Waygate listens on http://${host}:`)
    expect(server.stdout()).toContain(`curl ${asked}`)
    expect(await server.stop('SIGINT')).toBe(0)
  })

  test('takes the address from flags before environment before file', async () => {
    const directory = configured('server: { host: 256.0.0.1, port: 1 }')
    const environment = { WAYGATE_HOST: '127.0.0.1', WAYGATE_PORT: '2' }
    const server = startWaygate(['serve', '--port', '0'], { directory, environment })
    const url = await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(await server.stop('SIGINT')).toBe(0)
  })

  test('writes warnings of the process as lines of the log', async () => {
    const warning = `setInterval(() => process.emitWarning('planted'), 100).unref()`
    const node = ['--import', `data:text/javascript,${encodeURIComponent(warning)}`]
    const server = startWaygate(['serve', '--port', '0'], { directory: temporaryDirectory(), node })
    expect(await server.printed(/^(.*"msg":"warning of the process".*)$/m)).toContain('planted')
  })

  test.runIf(process.platform === 'linux').each([
    [[], '--max-semi-space-size=16'],
    [['--max-semi-space-size=32'], '--max-semi-space-size=32'],
  ])('with Node options %j limits the young generation by %s, in the same process', async (node, limit) => {
    const server = startWaygate(['serve', '--port', '0'], { directory: temporaryDirectory(), node })
    await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
    const line = readFileSync(`/proc/${server.child.pid}/cmdline`, 'utf8').split('\0')
    expect(line.filter((part) => part.includes('semi-space'))).toEqual([limit])
    expect(line).toContain('serve')
  })

  test.runIf(process.platform === 'linux').each([
    [{}, '2'],
    [{ MALLOC_ARENA_MAX: '7' }, '7'],
  ])('with the environment %j has %s arenas of memory', async (environment, most) => {
    const server = startWaygate(['serve', '--port', '0'], { directory: temporaryDirectory(), environment })
    await server.printed(/(http:\/\/127\.0\.0\.1:\d+)\s/)
    const variables = readFileSync(`/proc/${server.child.pid}/environ`, 'utf8').split('\0')
    expect(variables.filter((each) => each.startsWith('MALLOC_ARENA_MAX'))).toEqual([`MALLOC_ARENA_MAX=${most}`])
  })
})

describe('simulator', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('prints a configuration that works, and ends on %s', async (signal) => {
    const running = startWaygate(['simulator'], { directory: temporaryDirectory() })
    const url = await running.printed(/listens on (http:\/\/127\.0\.0\.1:\d+)\n[^]*endpoints:\n.*\n/)
    expect((await fetch(`${url}/v1/models`)).status).toBe(200)
    const sample = running.stdout().slice(running.stdout().indexOf('providers:'))
    const { code, stdout } = await runWaygate(['route', 'sim/steady'], { directory: configured(sample) })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('steady') })
    expect(await running.stop(signal)).toBe(0)
  })
})
