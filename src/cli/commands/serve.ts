import { Command } from 'commander'
import { serve as start } from '../../main.ts'
import { configOption, parsePort } from '../options.ts'

interface Options {
  readonly config?: string
  readonly host?: string
  readonly port?: number
}

export const serve = new Command('serve')
  .description('Start the gateway.')
  .addOption(configOption())
  .option('--host <host>', 'address to listen on')
  .option('--port <port>', 'TCP port; 0 takes any free one', parsePort)
  .action((options: Options) => start(options))
