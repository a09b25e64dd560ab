import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { runWaygate, temporaryDirectory } from './run-waygate.ts'

const endpoint = (provider: string, model = 'steady') => ({ provider, model, pricing: { prompt: 1, completion: 2 } })

/** A directory with a configuration, and what a test does with it. */
export interface BooksDirectory {
  readonly directory: string
  /** Runs a command there. */
  run(...arguments_: readonly string[]): ReturnType<typeof runWaygate>
  /** Runs statements on its database, under which no foreign key holds. */
  sql(...statements: readonly string[]): void
}

/**
 * Makes a directory with a configuration: `acme/openai` and its like are `steady` at the provider of that name, and `acme/second` is answered by its
 * second endpoint.
 */
export async function booksDirectory() {
  const simulator = await startSimulator()
  onTestFinished(() => simulator.close())
  const directory = temporaryDirectory()
  const vendors = ['openai', 'anthropic', 'openrouter']
  const config = {
    server: { port: 0 },
    discovery: false,
    keys: [
      { name: 'dev', key: 'sk-dev-0123456789abcdef' },
      { name: '=1+1', key: 'sk-odd-0123456789abcdef', account: 'team' },
    ],
    routing: { outage_window_s: 0 },
    providers: Object.fromEntries(
      vendors.map((slug) => [slug, { base_url: `${simulator.url}/${slug}/v1`, api_key: 'upstream' }]),
    ),
    models: {
      ...Object.fromEntries(vendors.map((slug) => [`acme/${slug}`, { endpoints: [endpoint(slug)] }])),
      'acme/second': { endpoints: [endpoint('openai', 'status-500'), endpoint('openrouter')] },
    },
  }
  writeFileSync(join(directory, 'waygate.yaml'), JSON.stringify(config))
  mkdirSync(join(directory, '.waygate'))

  /** Starts a gateway on the directory. */
  async function serve() {
    const gateway = await createGateway(
      loadConfig({ environment: {}, workingDirectory: directory, builtInProviders }),
      { logOutput: { write() {} }, chance: () => 0 },
    )
    onTestFinished(() => gateway.close())
    const { url } = await gateway.listen()
    const ask = async (model: string, key = 'dev'): Promise<number> => {
      const reply = await fetch(`${url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer sk-${key}-0123456789abcdef`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
      })
      await reply.text()
      return reply.status
    }
    return { ask, close: () => gateway.close() }
  }

  const books: BooksDirectory = {
    directory,
    run: (...arguments_) => runWaygate(arguments_, { directory }),
    sql(...statements) {
      const database = new DatabaseSync(join(directory, '.waygate/waygate.db'), { enableForeignKeyConstraints: false })
      for (const statement of statements) database.exec(statement)
      database.close()
    },
  }
  return { ...books, serve }
}

/** Makes a directory with the books of these requests, which a gateway served that has ended. */
export async function booksOf(
  ...requests: readonly (readonly [model: string, key?: string])[]
): Promise<BooksDirectory> {
  const { serve, ...books } = await booksDirectory()
  const { ask, close } = await serve()
  for (const [model, key] of requests) await ask(model, key)
  await close()
  return books
}
