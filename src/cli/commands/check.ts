import { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { builtInProviders } from '../../gateway.ts'
import { configOption } from '../options.ts'
import { findModel } from '../find-model.ts'
import { askGateway, readConfig, type Catalog, type ConfigOption } from '../read-config.ts'

export const check = new Command('check')
  .description('Say what would run, or what is wrong with the configuration.')
  .addOption(configOption())
  .action(async (options: ConfigOption) => {
    const config = readConfig(options)
    const catalog = await askGateway(config, (gateway) => gateway.catalog())
    for (const line of [...describeServer(config), ...describeProviders(config, catalog), ...describeModels(catalog)]) {
      process.stdout.write(`${line}\n`)
    }
    if (config.defaultModel !== null) findModel(catalog, config.defaultModel)
  })

function describeServer({ file, server, storage, keys, defaultModel }: Config): readonly string[] {
  return [
    `Configuration  ${file ?? 'none: everything is left at its default'}`,
    `Address        http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`,
    `Storage        ${storage.url}`,
    `Keys           ${keys.map(describeKey).join(', ') || 'none here: see `waygate keys list`'}`,
    `Default model  ${defaultModel ?? 'none'}`,
  ]
}

function describeKey({ name, management, disabled }: Config['keys'][number]): string {
  if (disabled) return `${name} (disabled)`
  return management ? `${name} (management)` : name
}

function describeProviders(config: Config, catalog: Catalog): readonly string[] {
  const endpoints = [...catalog.models.values()].flatMap((model) => model.endpoints)
  const offered = [...new Set(endpoints.map(({ provider }) => provider))]
  const idle = config.providers.map(({ slug }) => slug).filter((slug) => !offered.includes(slug))
  return [
    `Providers      ${offered.length} offered`,
    ...offered.map((slug) => `  ${slug}: ${reasonFor(slug, config)}`),
    ...idle.map((slug) => `  ${slug}: configured, but no model has an endpoint there`),
    ...describeAbsent(config, new Set([...offered, ...idle])),
  ]
}

function reasonFor(slug: string, config: Config): string {
  if (config.providers.some((provider) => provider.slug === slug)) return 'configured'
  const variables = builtInProviders.find((provider) => provider.slug === slug)?.variables ?? []
  const set = variables.filter((name) => name in config.environment)
  if (set.length === 0) return 'local'
  return `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set`
}

function describeAbsent(config: Config, present: ReadonlySet<string>): readonly string[] {
  if (!config.discovery) return ['Not offered    other built-in providers, since discovery is off']
  const lacking = builtInProviders.flatMap(({ slug, variables }) => {
    const unset = variables.filter((name) => !(name in config.environment))
    return present.has(slug) || unset.length === 0 ? [] : [`${slug} (${unset.join(', ')})`]
  })
  return lacking.length === 0 ? [] : [`Not offered    ${lacking.length}, for want of a variable: ${lacking.join(', ')}`]
}

function describeModels({ models }: Catalog): readonly string[] {
  const endpoints = [...models.values()].flatMap((model) => model.endpoints)
  return [`Models         ${models.size}`, `Endpoints      ${endpoints.length}`]
}
