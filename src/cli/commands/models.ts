import { Command } from 'commander'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'

interface Options extends ConfigOption {
  readonly json: boolean
}

export const models = new Command('models')
  .description('List the models that are offered, with prices in USD per million tokens.')
  .option('--json', 'print JSON', false)
  .addOption(configOption())
  .action(async (options: Options) => {
    const offered = await askGateway(readConfig(options), (gateway) => [...gateway.catalog().models.values()])
    if (options.json) {
      const plain = offered.map(({ slug, name, contextLength, endpoints }) => ({
        slug,
        name,
        context_length: contextLength,
        endpoints: endpoints.map((endpoint) => ({
          tag: endpoint.tag,
          provider: endpoint.provider,
          context_length: endpoint.contextLength,
          prompt: usdPerMillion(endpoint.pricing.prompt),
          completion: usdPerMillion(endpoint.pricing.completion),
        })),
      }))
      process.stdout.write(`${JSON.stringify(plain, null, 2)}\n`)
      return
    }
    printTable(
      ['MODEL', 'ENDPOINTS', 'CONTEXT', 'PROMPT', 'COMPLETION'],
      offered.map(({ slug, contextLength, endpoints }) => [
        slug,
        String(endpoints.length),
        contextLength === null ? '?' : String(contextLength),
        printPrices(endpoints.map(({ pricing }) => pricing.prompt)),
        printPrices(endpoints.map(({ pricing }) => pricing.completion)),
      ]),
    )
  })

/** One USD per million tokens, in pico-USD per token. */
const picoUsd = 1_000_000

const usdPerMillion = (price: number): number => price / picoUsd

/** Prints the price, or the lowest and the highest, in USD per million tokens. */
function printPrices(prices: readonly number[]): string {
  const lowest = usdPerMillion(Math.min(...prices))
  const highest = usdPerMillion(Math.max(...prices))
  return lowest === highest ? `$${lowest}` : `$${lowest} to $${highest}`
}
