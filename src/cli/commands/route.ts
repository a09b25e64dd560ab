import { Command } from 'commander'
import { findModel } from '../find-model.ts'
import { configOption } from '../options.ts'
import { printPrices } from '../prices.ts'
import { printTable } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'

interface Options extends ConfigOption {
  readonly explain: boolean
}

export const route = new Command('route')
  .description('Show where a request for a model would go, first choice first.')
  .argument('<model>', 'slug or alias of the model')
  .option('--explain', 'say why', false)
  .addOption(configOption())
  .action(async (slug: string, options: Options) => {
    const model = await askGateway(readConfig(options), (gateway) => findModel(gateway.catalog(), slug))
    const rows = model.endpoints.map((endpoint, index) => {
      const place = [String(index + 1), endpoint.tag, endpoint.upstreamModel]
      const prices = [printPrices([endpoint.pricing.prompt]), printPrices([endpoint.pricing.completion])]
      return place.concat(prices, options.explain ? [reasonFor(index)] : [])
    })
    const head = ['', 'ENDPOINT', 'UPSTREAM MODEL', 'PROMPT', 'COMPLETION']
    printTable(options.explain ? [...head, 'REASON'] : head, rows)
  })

function reasonFor(index: number): string {
  return index === 0 ? 'first in configured order' : 'next in configured order, when those before it fail'
}
