import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { loadConfig } from '../src/config/load-config.ts'
import { builtInProviders, createGateway, makeSignInLink } from '../src/gateway.ts'
import type { Reload } from '../src/canonical/happening.ts'
import type { Catalog } from '../src/catalog/model.ts'
import type { ClientTimeouts } from '../src/http/client-timeouts.ts'
import { type Simulator, startSimulator } from '../src/simulator/simulator.ts'

/** A gateway on a port of its own, with simulators behind it. Most tests use it. */
export interface TestGateway {
  readonly url: string
  readonly key: string
  readonly simulator: Simulator
  /** The lines of the log so far. */
  readonly log: readonly string[]
  /** Sends a `POST` with a JSON body and the test key. Further headers may replace the usual ones. */
  /** Writes another configuration to the file, with the sections that replace or extend the usual ones, and reloads it. */
  reload(config: Readonly<Record<string, unknown>> | string): Promise<Reload>
  /** Only writes the file. */
  write(config: Readonly<Record<string, unknown>>): Promise<void>
  /** Makes a link at which a browser signs in once. */
  signInLink(): Promise<string>
  /** The catalogue that is in use. */
  catalog(): Catalog
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  chat(body: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  close(): Promise<void>
}

export const testKey = 'sk-or-v1-test-key-of-the-default-account'
export const otherKey = 'sk-or-v1-test-key-of-another-account'

/** One model at one or several simulated providers. The upstream model id names the behaviour. */
export interface TestModel {
  readonly endpoints: readonly (Readonly<Record<string, unknown>> & {
    readonly provider: string
    readonly model: string
  })[]
  readonly [field: string]: unknown
}

const plain = (provider: string, model = 'steady') => ({ provider, model, pricing: { prompt: 1, completion: 2 } })

/** `acme/m1` at three providers of rising price, as in the acceptance rows (contract §9). */
const usualModels: Readonly<Record<string, TestModel>> = {
  'acme/m1': {
    endpoints: [
      plain('prov-a'),
      { ...plain('prov-b'), pricing: { prompt: 2, completion: 4 } },
      { ...plain('prov-c'), pricing: { prompt: 3, completion: 6 } },
    ],
  },
  'acme/m2': { endpoints: [plain('prov-b')] },
}

/** Creates a model whose endpoints have the named behaviours: `behaving('cut-after-2', 'steady')` fails at prov-a and answers at prov-b. */
export const behaving = (...behaviours: readonly string[]): TestModel => ({
  endpoints: behaviours.map((behaviour, index) => plain(`prov-${'abc'[index]}`, behaviour)),
})

/**
 * Starts a gateway. By default endpoints are tried in the order of the list, and none is avoided after a failure.
 * @param config Sections that replace or extend the usual configuration, with the keys of the configuration file.
 * @param chance The random numbers. By default the first endpoint of the list is chosen, unless it is the more expensive one.
 */
export async function startGateway(
  config: Readonly<Record<string, unknown>> = {},
  clientTimeouts?: ClientTimeouts,
  chance: () => number = () => 0,
): Promise<TestGateway> {
  const simulator = await startSimulator()
  const directory = await mkdtemp(join(tmpdir(), 'waygate-test-'))
  const provider = (slug: string) => ({
    name: `Prov ${slug.slice(-1).toUpperCase()}`,
    base_url: `${simulator.url}/${slug}/v1`,
    api_key: `upstream-secret-of-${slug}`,
  })
  const file = join(directory, 'waygate.yaml')
  const textOf = (config: Readonly<Record<string, unknown>>): string =>
    stringify({
      server: { host: '127.0.0.1', port: 0 },
      discovery: false,
      keys: [
        { name: 'test', key: testKey },
        { name: 'other', key: otherKey, account: 'other' },
      ],
      routing: { outage_window_s: 0 },
      providers: { 'prov-a': provider('prov-a'), 'prov-b': provider('prov-b'), 'prov-c': provider('prov-c') },
      // One key for all, so that a gateway can be started again on the database of another.
      secrets: { key: 'ab'.repeat(32) },
      ...config,
      models: { ...usualModels, ...(config['models'] as object | undefined) },
    })
  await writeFile(file, textOf(config))
  const log: string[] = []
  const options = { file, environment: {}, workingDirectory: directory, builtInProviders }
  const gateway = await createGateway(loadConfig(options), {
    logOutput: { write: (line) => log.push(line) },
    loadNext: (inUse) => loadConfig({ ...options, inUse }),
    clientTimeouts,
    chance,
  })
  const { url } = await gateway.listen()
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    url,
    key: testKey,
    simulator,
    log,
    write: (config) => writeFile(file, textOf(config)),
    async reload(config) {
      await writeFile(file, typeof config === 'string' ? config : textOf(config))
      return gateway.reload((inUse) => loadConfig({ ...options, inUse }))
    },
    signInLink: () => makeSignInLink(loadConfig(options), url),
    catalog: gateway.catalog,
    post,
    get: (path, headers = {}) => fetch(url + path, { headers: { authorization: `Bearer ${testKey}`, ...headers } }),
    chat: (body, headers) =>
      post(
        '/api/v1/chat/completions',
        { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }], ...body },
        headers,
      ),
    async close() {
      await gateway.close()
      await simulator.close()
      await rm(directory, { recursive: true })
    },
  }
}
