/**
 * The subjects of the bench: how each gateway is started and called. To add one permanently, add a row here; to add one for a single run,
 * use `--subject`.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installGateway } from './install-gateway.ts'
import { embeddingsModel, messagesModel, model, responsesModel } from './traffic.ts'

export interface Subject {
  readonly name: string
  /** Whether its failure fails the bench. The failure of another gateway is only a note under the table. */
  readonly required: boolean
  launch(site: Site): Promise<Launch> | Launch
}

/** The values that a subject is started with. */
interface Site {
  readonly port: number
  /** The base URL of the fake provider, with `/v1`. */
  readonly upstream: string
  /** An empty directory of the subject's own, which is removed when it ends. */
  readonly directory: string
}

export interface Launch {
  /** A program and its arguments, or one line for the shell. */
  readonly command: readonly string[] | string
  readonly path: string
  /** The path of any cheap GET. */
  readonly healthPath: string
  readonly headers?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
}

const key = `sk-or-v1-${'0123456789abcdef'.repeat(4)}`
const authorization = `Bearer ${key}`

const bare: Subject = {
  name: 'bare',
  required: true,
  launch: ({ port, upstream }) => ({
    command: [process.execPath, fileOf('bare-proxy.ts'), String(port), upstream],
    path: '/v1/chat/completions',
    healthPath: '/healthz',
    headers: { authorization },
  }),
}

/** The bare proxy compared with itself: the distance of its ratios from 1.00 is the noise of the others. */
const bareAgain: Subject = { ...bare, name: 'bare-again' }

let built = false

function buildOnce(): void {
  if (!built) execFileSync('npm', ['run', '--silent', 'build'], { cwd: fileOf('..'), stdio: 'inherit' })
  built = true
}

/** As `bin/waygate.js` starts it. */
const youngGeneration = '--max-semi-space-size=16'
const environment = { MALLOC_ARENA_MAX: '2' }

/**
 * The form that users install: the build of the published package, without the 18 MB of Node's type stripper.
 * @param grow Adds to its configuration, or to the empty database that it names.
 */
const waygateWith = (name: string, grow?: (config: WaygateConfig, site: Site) => Promise<void> | void): Subject => ({
  name,
  required: true,
  async launch(site) {
    buildOnce()
    const config = waygateConfig(site)
    await grow?.(config, site)
    const file = join(site.directory, 'waygate.json')
    writeFileSync(file, JSON.stringify(config))
    return {
      command: [process.execPath, youngGeneration, fileOf('../dist/cli/cli.js'), 'serve', '--config', file],
      path: '/api/v1/chat/completions',
      healthPath: '/healthz',
      headers: { authorization },
      environment,
    }
  },
})

const waygate = waygateWith('waygate')

const count = 10_000
const copies = <Item>(number: number, copy: (index: number) => Item): Item[] =>
  Array.from({ length: number }, (_, index) => copy(index))

/** Starts a server that takes whatever it is sent, for as long as the bench runs. Returns its address. */
async function startSink(): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().once('end', () => outgoing.end())
  })
  server.listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

/** What a request costs where there is much of something, or more is switched on: `--subjects bare,waygate,many-models,telemetry …`. */
const grown: readonly Subject[] = [
  waygateWith('many-models', ({ models }) => {
    for (const [index, entry] of copies(count, () => models[model]).entries()) models[`acme/m${index}`] = entry
  }),
  waygateWith('many-keys', ({ keys }) => {
    keys.push(
      ...copies(count, (index) => ({ name: `key ${index}`, key: `sk-or-v1-${String(index).padStart(64, 'a')}` })),
    )
  }),
  waygateWith('many-endpoints', ({ models }) => {
    const entry = models[model]
    entry?.endpoints.push(...copies(49, (index) => ({ ...entry.endpoints[0], tag: `bench/${index}` })))
  }),
  waygateWith('many-generations', async ({ storage }) => {
    const { fill } = await import('./fill-storage.ts')
    await fill(storage.url, 1_000_000)
  }),
  waygateWith('telemetry', async (config) => {
    const url = await startSink()
    config['telemetry'] = { metrics: true, otlp: { endpoint: url, sampling_rate: 0.01 } }
    config['broadcast'] = [{ type: 'webhook', name: 'sink', url }]
  }),
  waygateWith('limited', ({ keys }) => {
    keys[0] = { name: 'bench', key, limit: 1_000_000, limit_reset: 'daily' }
  }),
]

const portkey: Subject = {
  name: 'portkey',
  required: false,
  async launch({ port, upstream }) {
    const directory = await installGateway('portkey')
    const script = join(directory, 'node_modules/@portkey-ai/gateway/build/start-server.js')
    return {
      command: [process.execPath, script, `--port=${port}`, '--headless'],
      path: '/v1/chat/completions',
      healthPath: '/',
      headers: { authorization, 'x-portkey-provider': 'openai', 'x-portkey-custom-host': upstream },
    }
  },
}

export const knownSubjects: readonly Subject[] = [bare, waygate, portkey, bareAgain, ...grown]

/**
 * Creates a subject for a single run from `name=command`, in which `{port}` and `{upstream}` are replaced. It is called at
 * `/v1/chat/completions`.
 */
export function subjectOfCommand(definition: string): Subject {
  const separator = definition.indexOf('=')
  const template = definition.slice(separator + 1)
  if (separator < 1 || !template.includes('{port}')) {
    throw new Error(`--subject ${definition}: expected name=command, with {port} in the command`)
  }
  return {
    name: definition.slice(0, separator),
    required: false,
    launch: ({ port, upstream }) => ({
      command: template.replaceAll('{port}', String(port)).replaceAll('{upstream}', upstream),
      path: '/v1/chat/completions',
      healthPath: '/',
      headers: { authorization },
    }),
  }
}

/** What grown subjects change; the rest is passed on as it is. */
interface WaygateConfig {
  [section: string]: unknown
  readonly storage: { readonly url: string }
  readonly keys: object[]
  readonly models: Record<string, { readonly [field: string]: unknown; readonly endpoints: object[] } | undefined>
}

/** The configuration of a typical user, with authentication, accounting in SQLite and logging. JSON is valid YAML. */
function waygateConfig({ port, upstream, directory }: Site): WaygateConfig {
  return {
    server: { host: '127.0.0.1', port },
    storage: { url: `sqlite:${join(directory, 'waygate.db')}` },
    keys: [{ name: 'bench', key }],
    providers: {
      bench: { protocol: 'chat-completions', base_url: upstream, api_key: 'bench' },
      'bench-messages': { protocol: 'messages', base_url: upstream, api_key: 'bench' },
      'bench-responses': { protocol: 'responses', base_url: upstream, api_key: 'bench' },
    },
    discovery: false,
    models: {
      [model]: {
        context_length: 131_072,
        input_modalities: ['text', 'image'],
        endpoints: [{ provider: 'bench', model: 'bench-model-2026', pricing: { prompt: 1, completion: 2 } }],
      },
      [embeddingsModel]: {
        endpoints: [
          { provider: 'bench', model: 'bench-model-2026', operations: ['embeddings'], pricing: { prompt: 0.02 } },
        ],
      },
      [messagesModel]: {
        context_length: 131_072,
        endpoints: [{ provider: 'bench-messages', model: 'bench-model-2026', pricing: { prompt: 1, completion: 2 } }],
      },
      [responsesModel]: {
        context_length: 131_072,
        endpoints: [{ provider: 'bench-responses', model: 'bench-model-2026', pricing: { prompt: 1, completion: 2 } }],
      },
    },
    // The idle streams send nothing while their memory is measured.
    timeouts: { first_token_ms: 300_000, idle_ms: 300_000, total_ms: 600_000 },
  }
}

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
