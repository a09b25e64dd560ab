import { Command } from 'commander'
import { serve as start, type ServeOptions } from '../../main.ts'
import { greeting } from '../greeting.ts'
import { configOption, parsePort } from '../options.ts'

export const serve = new Command('serve')
  .description('Start the gateway.')
  .addOption(configOption())
  .option('--host <host>', 'address to listen on')
  .option('--port <port>', 'TCP port; 0 takes any free one', parsePort)
  .action(async (options: ServeOptions) => {
    process.stdout.write(greeting(await start(options)))
  })
