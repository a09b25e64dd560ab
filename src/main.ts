import type { Config } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { readEnvironment } from './config/read-environment.ts'
import { builtInProviders, createGateway, type Gateway } from './gateway.ts'

export interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
}

/** Boots: config → gateway → listen → signals. Returns once it listens; the process then lives until a signal ends it. */
export async function serve(options: ServeOptions): Promise<void> {
  const config = loadConfig({
    file: options.config ?? null,
    environment: readEnvironment(),
    workingDirectory: process.cwd(),
    overrides: { host: options.host, port: options.port },
    builtInProviders,
  })
  const gateway = await createGateway(config)
  // Before it says that it listens: who reads that may stop it at once.
  stopOnSignal(gateway)
  try {
    const { url } = await gateway.listen()
    process.stdout.write(greeting(url, config, gateway))
  } catch (error) {
    await gateway.close()
    throw error
  }
}

function greeting(url: string, config: Config, gateway: Gateway): string {
  const models = gateway.catalog().models
  const model = config.defaultModel ?? (models.has('waygate/simulator') ? 'waygate/simulator' : [...models.keys()][0])
  const lines = [
    `Waygate listens on ${url}`,
    `  ${models.size} ${models.size === 1 ? 'model' : 'models'}: ${url}/api/v1/models`,
  ]
  if (gateway.firstKey !== null) {
    lines.push(`  API key, shown this once: ${gateway.firstKey}`)
    if (model !== undefined) lines.push('', curl(url, gateway.firstKey, model))
  } else {
    lines.push('  Make a key: waygate keys create --name NAME (in a clone: npm run waygate -- keys create --name NAME)')
  }
  return `${lines.join('\n')}\n\n`
}

const curl = (url: string, key: string, model: string): string =>
  [
    `curl ${url}/api/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] })}'`,
  ].join('\n')

/** The first signal lets running replies end, a second one does not wait for them. */
function stopOnSignal(gateway: Gateway): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    await gateway.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  // A terminal that is closed sends it; the gateway is no part of that terminal.
  process.on('SIGHUP', () => {})
}
