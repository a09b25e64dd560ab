import { Command } from 'commander'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'

interface Options extends ConfigOption {
  readonly json: boolean
}

export const models = new Command('models')
  .description('List the models that are offered, with the prices of tokens in USD per million.')
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
        printPrices(endpoints, 'prompt'),
        printPrices(endpoints, 'completion'),
      ]),
    )
  })

/** One USD per million tokens, in pico-USD per token. */
const picoUsd = 1_000_000

const usdPerMillion = (price: number): number => price / picoUsd

/** What is read of an endpoint. Its other prices, as of images and audio, stand beside these two. */
interface Priced {
  readonly pricing: { readonly prompt: number; readonly completion: number }
}

const isFree = ({ pricing }: Priced): boolean => Object.values(pricing).every((price) => price === 0)

/** Prints the price, or the lowest and the highest, in USD per million tokens. What costs something else alone, as an image, is not free. */
function printPrices(endpoints: readonly Priced[], kind: 'prompt' | 'completion'): string {
  const prices = endpoints.map(({ pricing }) => usdPerMillion(pricing[kind]))
  const lowest = Math.min(...prices)
  const highest = Math.max(...prices)
  if (highest === 0 && !endpoints.every(isFree)) return '-'
  return lowest === highest ? `$${lowest}` : `$${lowest} to $${highest}`
}
