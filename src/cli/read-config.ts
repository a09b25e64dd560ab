import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { readEnvironment } from '../config/read-environment.ts'
import { builtInProviders, createGateway, type Gateway } from '../gateway.ts'

export interface ConfigOption {
  readonly config?: string
}

export type ProviderStatus = ReturnType<Gateway['providers']>[number]

/** The configuration as a server started here would read it. */
export function readConfig(options: ConfigOption): Config {
  return loadConfig({
    file: options.config,
    environment: readEnvironment(),
    workingDirectory: process.cwd(),
    builtInProviders,
  })
}

/** Asks a gateway that does not listen. It keeps nothing, so that looking makes no database, no first key and no secret. */
export async function askGateway<Answer>(config: Config, question: (gateway: Gateway) => Answer): Promise<Answer> {
  const gateway = await createGateway({
    ...config,
    storage: { url: 'sqlite::memory:' },
    secrets: { keyFile: null },
  })
  try {
    return question(gateway)
  } finally {
    await gateway.close()
  }
}
