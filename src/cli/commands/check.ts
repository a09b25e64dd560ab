import { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import type { Gateway } from '../../gateway.ts'
import { readInstallationKey } from '../../secrets/installation-key.ts'
import { maskPassword } from '../../util/mask-password.ts'
import { addressWarnings } from '../address-warnings.ts'
import { discoveryNote, providerRows } from '../describe-providers.ts'
import { configOption } from '../options.ts'
import { alignedRows } from '../print-table.ts'
import { askGateway, readConfig, type ConfigOption, type ProviderStatus } from '../read-config.ts'
import { plainRequest } from '../read-request.ts'

export const check = new Command('check')
  .description('Say what would run and what would be on offer, or what is wrong with the configuration.')
  .addOption(configOption())
  .action(async (options: ConfigOption) => {
    const config = readConfig(options)
    const warned: string[] = []
    process.on('warning', ({ name, message }) => {
      if (name === 'Warning') warned.push(message)
    })
    const { models, statuses, defaultModel, unpriced } = await askGateway(
      { ...config, defaultModel: null },
      (gateway) => ({
        unpriced: unpricedModels(config, gateway.catalog()),
        models: gateway.catalog().models.size,
        statuses: gateway.providers(),
        defaultModel:
          config.defaultModel === null ? null : gateway.explain({ ...plainRequest, model: config.defaultModel }),
      }),
    )
    const note = discoveryNote(config, statuses)
    const lines = [
      ...describeServer(config, models),
      '',
      ...alignedRows(providerRows(statuses)),
      ...(note === '' ? [] : ['', note]),
      '',
      ...(unpriced.length === 0 ? [] : [`No price, counts as free: ${unpriced.join(', ')}`, '']),
      ...describeAbsent(config, statuses),
      ...section(
        'Warnings:',
        [...addressWarnings(config), ...warned].map((warning) => `  ${warning}`),
      ),
    ]
    process.stdout.write(`${lines.join('\n').trimEnd()}\n`)
    // Fails only where no model has this name. Anything else that may prevent an answer depends on the request.
    if (defaultModel !== null && defaultModel.models.length === 0 && defaultModel.error !== null) {
      throw new Error(`${config.file}: default_model: ${defaultModel.error.message}`)
    }
  })

/** Returns the models of the configuration of which an endpoint has no price, neither there nor in the catalogue. */
const unpricedModels = ({ models }: Config, { models: offered }: ReturnType<Gateway['catalog']>): readonly string[] =>
  models
    .filter(({ slug, endpoints }) => {
      const silent = new Set(endpoints.filter(({ pricing }) => !hasPrice(pricing)).map(({ provider }) => provider))
      return offered.get(slug)?.endpoints.some(({ provider, pricing }) => silent.has(provider) && !costs(pricing))
    })
    .map(({ slug }) => slug)

const costs = (pricing: object): boolean =>
  Object.values(pricing).some((price) =>
    Array.isArray(price) ? price.length > 0 : typeof price === 'number' && price > 0,
  )

/** A price of zero is one. */
const hasPrice = (pricing: object): boolean =>
  Object.values(pricing).some((price) => price !== undefined && !(Array.isArray(price) && price.length === 0))

function describeServer(config: Config, models: number): readonly string[] {
  const { file, server, storage, secrets, keys, search, defaultModel, aliases, discovery, bareNames } = config
  return alignedRows([
    ['Configuration', file ?? 'none: everything is left at its default'],
    ['Address', `http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`],
    ['Storage', maskPassword(storage.url)],
    ['Key file', describeKeyFile(secrets)],
    ['Keys', keys.map(describeKey).join(', ') || 'none here: see `waygate keys list`'],
    [
      'Discovery',
      discovery ? 'on' : 'off: only the providers that the configuration names are offered, with all their models',
    ],
    ['Bare names', bareNames ? 'on: gpt-4o is the one model of that name' : 'off'],
    ['Search', search.map(({ slug }) => slug).join(', ') || 'no engine'],
    ['Default model', defaultModel ?? 'none'],
    ...(aliases.size === 0 ? [] : [['Aliases', [...aliases].map(([name, slug]) => `${name} → ${slug}`).join(', ')]]),
    ['Models', String(models)],
  ])
}

/**
 * Describes the key file.
 * @throws Error for a file that the start would refuse.
 */
function describeKeyFile({ keyFile }: Config['secrets']): string {
  if (keyFile === null) return 'none'
  return readInstallationKey(keyFile) === null ? `${keyFile} (made at the first start)` : keyFile
}

function describeKey({ name, management, disabled }: Config['keys'][number]): string {
  if (disabled) return `${name} (disabled)`
  return management ? `${name} (management)` : name
}

/** Lists what discovery did not find. */
function describeAbsent({ discovery }: Config, statuses: readonly ProviderStatus[]): readonly string[] {
  if (!discovery) return []
  const silent = statuses.filter(({ state, configured }) => state === 'unreachable' && !configured)
  const unset = statuses.filter(({ state }) => state === 'unset')
  return [
    ...section('Not offered, since they do not run here:', wrapped(silent.map(({ slug }) => slug))),
    ...section(
      'Not offered, since their variables are not set:',
      wrapped(unset.map(({ slug, reason }) => `${slug} (${reason})`)),
    ),
  ]
}

const section = (head: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [head, ...lines]

/** Wraps names into lines that fit a terminal. */
function wrapped(names: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const [index, name] of names.entries()) {
    const word = index < names.length - 1 ? `${name},` : name
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length > 98) lines.push(`  ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
