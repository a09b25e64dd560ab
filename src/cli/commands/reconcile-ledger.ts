import { readFile, stat } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { exactUsd } from '../../canonical/money.ts'
import type { Config } from '../../config/config.ts'
import { didYouMean } from '../../config/suggest.ts'
import { builtInProviders, exportFormats } from '../../gateway.ts'
import { readExport, type ReadExport } from '../../ledger/books/read-export.ts'
import { type DayUsage, reconcile, type ReconciledRow, usageHere, usageThere } from '../../ledger/books/reconcile.ts'
import { configOption } from '../options.ts'
import { alignedRows } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'
import { withStorage } from '../with-storage.ts'
import { messageOf } from '../../util/message-of.ts'

interface ReconcileOptions extends ConfigOption {
  readonly provider?: string
  readonly tolerance: number
  readonly json: boolean
}

const dayMs = 86_400_000
/** The file is read whole. One of this size has more than a million rows. */
const mostBytes = 256 * 1024 * 1024

export const reconcileLedger = new Command('reconcile')
  .description(
    'Compare a provider’s own usage export with the books, by UTC day and model. Ends with 1 where they differ by more than the tolerance.',
  )
  .argument('<file>', 'CSV or JSON of OpenAI, Anthropic or OpenRouter')
  .option('--provider <slug>', 'the provider whose calls are compared; default: the slug of the vendor')
  .option('--tolerance <percent>', 'how many per cent may differ', parsePercent, 1)
  .option('--json', 'print one JSON object', false)
  .addOption(configOption())
  .action((file: string, options: ReconcileOptions) =>
    withStorage(readConfig(options), async ({ books }, config) => {
      const reported = await readExportFile(file)
      const provider = options.provider ?? reported.format.provider
      const there = usageThere(reported.usage)
      const days = reported.usage.map(({ day }) => Date.parse(day))
      const since = days.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)
      const until = days.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY) + dayMs
      if (days.length === 0) throw new Error(`${file} has no usage.`)
      const upstreamModels = await readUpstreamModels(config)
      const here = await books.read((read) =>
        usageHere(read.generations({ since, until }), provider, (id) => upstreamModels.get(id) ?? null),
      )
      if (here.size === 0) refuseUnknownProvider(provider, config)
      const rows = reconcile(here, there, options.tolerance)
      const agrees = rows.every(({ status }) => status === 'matched')
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ agrees, vendor: reported.format.vendor, shape: reported.shape, provider, rows })}\n`
          : `${describe(rows, reported, provider).join('\n')}\n`,
      )
      if (!agrees) process.exitCode = 1
    }),
  )

async function readExportFile(file: string): Promise<ReadExport> {
  const found = await stat(file).catch(() => null)
  if (found?.isFile() !== true) throw new Error(`${file}: there is no such file.`)
  if (found.size > mostBytes) throw new Error(`${file} has more than 256 MiB. Export fewer days.`)
  try {
    return readExport(await readFile(file, 'utf8'), exportFormats)
  } catch (error) {
    throw new Error(`${file}: ${messageOf(error)}`, { cause: error })
  }
}

/** A provider that was taken out of the configuration still has its calls in the books. */
function refuseUnknownProvider(provider: string, { providers }: Config): void {
  const known = [...builtInProviders, ...providers].map(({ slug }) => slug)
  if (known.includes(provider)) return
  throw new Error(
    `--provider ${provider}: there is no such provider, and no call to one in the books.${didYouMean(provider, known)}`,
  )
}

/** Reads the providers' own names of the models, by endpoint. */
const readUpstreamModels = (config: Config): Promise<ReadonlyMap<string, string>> =>
  askGateway(
    config,
    (gateway) =>
      new Map(
        [...gateway.catalog().models.values()].flatMap(({ endpoints }) =>
          endpoints.map(({ id, upstreamModel }) => [id, upstreamModel] as const),
        ),
      ),
  )

function describe(rows: readonly ReconciledRow[], { format, shape }: ReadExport, provider: string): readonly string[] {
  const counts = (['matched', 'differing', 'missing here', 'missing there'] as const).map(
    (wanted) => `${rows.filter(({ status }) => status === wanted).length} ${wanted}`,
  )
  return [
    `${format.vendor}’s ${shape}, compared with the calls to ${provider}.`,
    ...alignedRows([
      ['DAY', 'MODEL', 'RESULT', 'ERROR', 'PROMPT HERE', 'THERE', 'COMPLETION HERE', 'THERE', 'USD HERE', 'THERE'],
      ...rows.map(({ day, model, status, here, there, errorPercent }) => [
        day,
        model,
        status,
        `${errorPercent.toFixed(2)} %`,
        ...cells(here, there, 'promptTokens', String),
        ...cells(here, there, 'completionTokens', String),
        ...cells(here, there, 'cost', exactUsd),
      ]),
    ]),
    `${counts.join(', ')}.`,
  ]
}

const cells = (
  here: DayUsage | null,
  there: DayUsage | null,
  name: keyof DayUsage,
  print: (value: number) => string,
): readonly string[] =>
  [here, there].map((side) => {
    const value = side?.[name] ?? null
    return value === null ? '-' : print(value)
  })

function parsePercent(text: string): number {
  const percent = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || percent > 100) throw new InvalidArgumentError('It must be between 0 and 100.')
  return percent
}
