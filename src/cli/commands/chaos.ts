import { Command, Option } from 'commander'
import type { Config } from '../../config/config.ts'
import type { Fault } from '../../chaos/fault.ts'
import type { Score } from '../../chaos/play-faults.ts'
import type { Shape } from '../../chaos/shape.ts'
import { createGateway, type Gateway } from '../../gateway.ts'
import { configOption } from '../options.ts'
import { printTable } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption } from '../read-config.ts'
import { plainRequest, readRequest } from '../read-request.ts'

interface Options extends ConfigOption {
  readonly model?: string
  readonly request?: string
  readonly only?: string
  readonly list: boolean
  readonly json: boolean
}

export const chaos = new Command('chaos')
  .description(
    'Play the faults of providers against the configuration, with simulated providers, and print a scorecard.',
  )
  .option('--model <slug>', 'model to ask for; default: default_model, else the first that is configured or offered')
  .option('--request <file>', 'JSON file with the body of a chat request, e.g. with its routing preferences')
  .option('--only <faults>', 'play only these, separated by commas')
  .addOption(new Option('--list', 'list the faults, and play none').default(false))
  .option('--json', 'print JSON', false)
  .addOption(configOption())
  .action(async (options: Options, command: Command) => {
    // They are loaded only here: no other command needs them.
    const [{ faults }, { playFaults }, { readShape }] = await Promise.all([
      import('../../chaos/faults.ts'),
      import('../../chaos/play-faults.ts'),
      import('../../chaos/shape.ts'),
    ])
    const chosen = choose(faults, options.only, command)
    if (options.list) return list(chosen, options.json)
    const config = readConfig(options)
    const shape = await askGateway(config, (gateway) => readShape(requestOf(options, config, gateway), config, gateway))
    if (!options.json) process.stdout.write(`${describeShape(shape)}\n`)
    const scores: Score[] = []
    for await (const score of playFaults(chosen, config, shape, start)) {
      scores.push(score)
      if (!options.json) process.stdout.write(`${line(score)}\n`)
    }
    process.stdout.write(options.json ? json(shape, chosen, scores) : `\n${summary(scores)}\n`)
    if (scores.some(({ verdict }) => verdict === 'fail')) process.exitCode = 1
  })

/** Starts a gateway whose draws have no chance in them, so that the first choice of `route` is the first choice here. */
async function start(config: Config) {
  const gateway = await createGateway(config, { chance: () => 0, isShortLived: true })
  const { url } = await gateway.listen()
  return { url, close: gateway.close }
}

/** Returns the faults that `--only` names. Ends with the usage when it names one that does not exist. */
function choose(faults: readonly Fault[], only: string | undefined, command: Command): readonly Fault[] {
  if (only === undefined) return faults
  const names = only.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !faults.some(({ slug }) => slug === name))
  if (unknown !== undefined)
    command.error(`error: '--only ${unknown}' is no fault. \`waygate chaos --list\` lists them.`)
  return faults.filter(({ slug }) => names.includes(slug))
}

function requestOf({ request, model }: Options, config: Config, gateway: Gateway): Readonly<Record<string, unknown>> {
  const body = request === undefined ? plainRequest : readRequest(request)
  const named = model ?? body['model'] ?? config.defaultModel ?? config.models[0]?.slug
  return { ...body, model: named ?? gateway.catalog().models.keys().next().value }
}

function list(faults: readonly Fault[], asJson: boolean): void {
  const shown = faults.map(({ slug, fault, expected, failoverBench = null }) => ({
    slug,
    fault,
    expected,
    failoverBench,
  }))
  if (asJson) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  else
    printTable(
      ['FAULT', 'BENCH', 'THE FIRST CHOICE'],
      shown.map(({ slug, fault, failoverBench }) => [slug, failoverBench ?? '', fault]),
    )
}

function describeShape({ request, endpoints, streamRescue }: Shape): string {
  const names = endpoints.map(({ tag, model, keys }) => `${model}@${tag}${keys > 1 ? ` (${keys} keys)` : ''}`)
  return [
    `Model        ${String(request['model'])}`,
    `Endpoints    ${names.join(', then ')}`,
    `Rescue       ${streamRescue ? 'on' : 'off'}`,
    'Providers are simulated, times are shortened, and nothing outside is called.',
    '',
  ].join('\n')
}

const marks: Readonly<Record<Score['verdict'], string>> = { pass: 'pass', fail: 'FAIL', 'not-survivable': 'lost' }

function line({ slug, verdict, happened, why }: Score): string {
  const head = `${marks[verdict]}  ${slug.padEnd(18)} ${happened}`
  return why === null ? head : `${head}\n      ${verdict === 'fail' ? 'wrong' : 'not survivable here'}: ${why}`
}

function summary(scores: readonly Score[]): string {
  const count = (verdict: Score['verdict']): number => scores.filter((score) => score.verdict === verdict).length
  return `${count('pass')} passed, ${count('fail')} failed, ${count('not-survivable')} cannot be survived by this configuration.`
}

function json({ request, endpoints, streamRescue }: Shape, faults: readonly Fault[], scores: readonly Score[]): string {
  const rows = scores.map((score) => {
    const { expected, failoverBench = null } = faults.find(({ slug }) => slug === score.slug) ?? {}
    return { ...score, expected, failoverBench }
  })
  return `${JSON.stringify({ model: request['model'], endpoints, streamRescue, scores: rows }, null, 2)}\n`
}
