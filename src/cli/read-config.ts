import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { readEnvironment } from '../config/read-environment.ts'
import { builtInProviders, createGateway, type Gateway } from '../gateway.ts'

export interface ConfigOption {
  readonly config?: string
}

export type ProviderStatus = ReturnType<Gateway['providers']>[number]

/** Reads the configuration as a server in this directory would. */
export function readConfig(options: ConfigOption): Config {
  return loadConfig({
    file: options.config,
    environment: readEnvironment(),
    workingDirectory: process.cwd(),
    builtInProviders,
  })
}

/**
 * Asks a gateway that does not listen. Its storage is in memory, so that a question creates no database, no first key and no secret. Nothing
 * is drawn by chance, so that the same question has the same answer: of a route, the order that is most likely.
 */
export async function askGateway<Answer>(config: Config, question: (gateway: Gateway) => Answer): Promise<Answer> {
  const gateway = await createGateway(
    {
      ...config,
      storage: { ...config.storage, url: 'sqlite::memory:', journal: null },
      secrets: { keyFile: null, keys: [] },
    },
    { chance: () => 0 },
  )
  try {
    return question(gateway)
  } finally {
    await gateway.close()
  }
}
