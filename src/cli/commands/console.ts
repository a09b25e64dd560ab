import { Command } from 'commander'
import { makeSignInLink } from '../../gateway.ts'
import { askedAt } from '../greeting.ts'
import { configOption, parsePort } from '../options.ts'
import { type ConfigOption, readConfig } from '../read-config.ts'
import { isStorageThere } from '../with-storage.ts'

interface ConsoleOptions extends ConfigOption {
  readonly host?: string
  readonly port?: number
}

export const console = new Command('console')
  .description('Print a link that signs in to the console once, within 15 minutes.')
  .addOption(configOption())
  .option('--host <host>', 'the host in the link; default: that of the configuration')
  .option('--port <port>', 'the port in the link; default: that of the configuration', parsePort)
  .action(async (options: ConsoleOptions) => {
    const config = readConfig(options)
    const { host, port } = { ...config.server, ...(options.host !== undefined && { host: options.host }) }
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${options.port ?? port}`
    if (!isStorageThere(config) && config.storage.url.startsWith('sqlite:')) {
      process.stderr.write(
        `There is no database of a server here yet: ${config.storage.url}. A server that was started in another directory does not know the link. Run this command there.\n`,
      )
    }
    process.stdout.write(`${await makeSignInLink(config, askedAt(url))}\n`)
  })
