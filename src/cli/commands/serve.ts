import { Command } from 'commander'
import { serve as start, type ServeOptions } from '../../main.ts'
import { askedAt, greeting } from '../greeting.ts'
import { configOption, parsePort } from '../options.ts'

export const serve = new Command('serve')
  .description('Start the gateway.')
  .addOption(configOption())
  .option('--host <host>', 'address to listen on')
  .option('--port <port>', 'TCP port; 0 takes any free one', parsePort)
  .action(async (options: ServeOptions) => {
    const served = await start(options)
    // A log that is kept should hold no link that signs in.
    const isForPeople = process.stdout.isTTY || served.firstKey !== null
    const link = isForPeople ? await served.makeSignInLink(askedAt(served.url)) : null
    process.stdout.write(greeting(served, link))
  })
