import { once } from 'node:events'
import { Command } from 'commander'
import { explainListen } from '../../util/explain-listen.ts'
import { parsePort } from '../options.ts'

interface Options {
  readonly host: string
  readonly port: number
}

export const simulator = new Command('simulator')
  .description('Run a provider that costs nothing, for trying things out.')
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--port <port>', 'TCP port; default: any free one', parsePort, 0)
  .action(async (options: Options) => {
    const { startSimulator } = await import('../../simulator/simulator.ts')
    const running = await startSimulator(options).catch((error: unknown) => {
      throw explainListen(error, options.host, options.port)
    })
    // The signals are handled before the message is printed, because a program that reads the message may send one at once.
    const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    process.stdout.write(`The simulator listens on ${running.url}\n\n${sampleConfig(running.url)}`)
    await stopped
    await running.close()
  })

function sampleConfig(url: string): string {
  return `To use it, put this into waygate.yaml; the model says how the simulator behaves:

providers:
  sim:
    base_url: ${url}/v1
models:
  sim/steady:
    endpoints:
      - { provider: sim, model: steady }
`
}
