import type { CatalogEntry } from '../../catalog/catalog-entry.ts'
import type { Imported } from '../imported.ts'
import { buildModels, clean, modelSlug } from './build-models.ts'
import { LiteLlmSource } from './litellm-source.ts'
import { type Deployment, readDeployment, withVariables } from './read-deployment.ts'
import { reasonOf } from './reasons.ts'

/** The shortest key that Waygate accepts. */
const shortestKey = 16

/**
 * Makes a configuration of Waygate from one of LiteLLM’s proxy (https://docs.litellm.ai/docs/proxy/config_settings): models with their
 * deployments, prices and names, time limits, Redis and the master key. Everything else is remarked on.
 * @param entries The catalogue, for the prices and windows that LiteLLM has in a table of its own.
 * @throws Error with the line, for a text that is no such configuration.
 */
export function importLiteLlm(text: string, entries: readonly CatalogEntry[]): Imported {
  const source = new LiteLlmSource(text)
  const indexes = Array.from({ length: source.count('model_list') }, (_, index) => index)
  const read = indexes.map((index) => readDeployment(source, index))
  const deployments = read
    .filter((deployment, index) => {
      if (deployment === null) return false
      if (!isSecondAccount(deployment, read.slice(0, index))) return true
      source.remark(['model_list', index], secondAccount)
      return false
    })
    .filter((deployment) => deployment !== null)
  if (deployments.length === 0) throw new Error('line 1: model_list has no model that can be imported.')
  const { providers, models, unpriced } = buildModels(deployments, entries)
  for (const deployment of unpriced) {
    const path = ['model_list', read.indexOf(deployment), 'litellm_params', 'model']
    source.remark(
      path,
      'has no known price, so it counts as free. Set `pricing` at its endpoint: limits and records go by it.',
    )
  }
  const config = clean({
    storage: readRedis(source),
    keys: readMasterKey(source),
    // No other providers are offered. Of those that are, all models are.
    discovery: false,
    providers,
    models,
    aliases: readAliases(source),
    timeouts: readTimeouts(source),
    routing: readRouting(source),
  })
  remarkOnFallbacks(source)
  const more = offeredBesides(entries, providers, models)
  if (more.length > 0) {
    source.note(
      ['model_list'],
      `is not all that is offered here: clients may also request every other model of a built-in provider that is configured (${more.join(', ')}). No setting leaves them out.`,
    )
  }
  return { config, remarks: source.remarks(reasonOf) }
}

/** Counts the models of the catalogue that are offered because a built-in provider is configured, and that the file does not name. */
function offeredBesides(entries: readonly CatalogEntry[], providers: object, models: object): readonly string[] {
  return Object.keys(providers).flatMap((slug) => {
    const others = entries.filter(
      (entry) => !(entry.slug in models) && entry.endpoints.some(({ provider }) => provider === slug),
    )
    return others.length === 0 ? [] : [`${others.length} of ${slug}`]
  })
}

const secondAccount =
  'left out: a built-in provider has one region and one account here, and another deployment before this one has others. Add it under providers with its own base_url and API key.'

/** Whether a deployment has another region or account of a provider than one before it, and no address of its own. */
function isSecondAccount({ provider }: Deployment, before: readonly (Deployment | null)[]): boolean {
  const variables = JSON.stringify(provider.variables)
  return (
    provider.baseUrl === null &&
    before.some(
      (other) =>
        other?.provider.baseUrl === null &&
        other.provider.slug === provider.slug &&
        JSON.stringify(other.provider.variables) !== variables,
    )
  )
}

function readMasterKey(source: LiteLlmSource): readonly object[] | undefined {
  const key = source.take('general_settings', 'master_key')
  if (key === undefined) return undefined
  const path = ['general_settings', 'master_key']
  const written = withVariables(String(key))
  if (!written.startsWith('${') && written.length < shortestKey) {
    source.remark(
      path,
      `left out: a key has at least ${shortestKey} characters. Make one with \`waygate keys create\`.`,
    )
    return undefined
  }
  source.remark(
    path,
    'calls models here, and manages nothing: make another key with `waygate keys create --management`.',
  )
  return [{ name: 'litellm-master', key: written }]
}

/** The settings for Redis stand in `router_settings`, or with the cache. */
function readRedis(source: LiteLlmSource): object | undefined {
  const read = (name: string): string | null => {
    const value = source.take('router_settings', name)
    return value === undefined ? null : withVariables(String(value))
  }
  const url = read('redis_url')
  if (url !== null) return { redis_url: url }
  const [host, port, password] = [read('redis_host'), read('redis_port'), read('redis_password')]
  if (host === null) return undefined
  return { redis_url: `redis://${password === null ? '' : `:${password}@`}${host}:${port ?? '6379'}` }
}

function readAliases(source: LiteLlmSource): Readonly<Record<string, string>> | undefined {
  const path = ['router_settings', 'model_group_alias'] as const
  const pairs = source.keys(...path).flatMap((alias) => {
    const target = source.take(...path, alias) ?? source.take(...path, alias, 'model')
    source.take(...path, alias, 'hidden')
    return target === undefined ? [] : [[alias, modelSlug(String(target))] as const]
  })
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}

function readTimeouts(source: LiteLlmSource): object | undefined {
  const milliseconds = (...paths: readonly (readonly string[])[]): number | undefined => {
    const given = paths
      .map((path) => ({ path, seconds: Number(source.take(...path)) }))
      .filter(({ seconds }) => seconds > 0)
    const seconds = given[0]?.seconds
    for (const { path } of given.slice(1))
      source.remark(path, `left out: ${given[0]?.path.join('.')} has priority over it.`)
    return seconds === undefined ? undefined : Math.min(Math.round(seconds * 1000), 86_400_000)
  }
  const total = milliseconds(['router_settings', 'timeout'], ['litellm_settings', 'request_timeout'])
  const first = milliseconds(['router_settings', 'stream_timeout'])
  const timeouts = clean({ first_token_ms: first, total_ms: total })
  return Object.keys(timeouts).length === 0 ? undefined : timeouts
}

/** The strategies of LiteLLM, and what a request sends here for the same order. Source: https://docs.litellm.ai/docs/routing */
const strategies: Readonly<Record<string, string>> = {
  'latency-based-routing': 'send `provider: {"sort": "latency"}`',
  'cost-based-routing': 'send `provider: {"sort": "price"}`',
}

function readRouting(source: LiteLlmSource): object | undefined {
  const strategy = source.take('router_settings', 'routing_strategy')
  if (strategy !== undefined) {
    const instead = strategies[String(strategy)] ?? 'nothing needs to be sent'
    source.remark(
      ['router_settings', 'routing_strategy'],
      `left out: the order is chosen by each request, and balanced by price and health where it chooses none. For this one ${instead}.`,
    )
  }
  const seconds = Number(source.take('router_settings', 'cooldown_time'))
  return seconds > 0 ? { outage_window_s: Math.min(seconds, 3600) } : undefined
}

/** Fallbacks from one model to another are not configured here: a request names them. */
function remarkOnFallbacks(source: LiteLlmSource): void {
  for (const section of ['router_settings', 'litellm_settings']) {
    for (const list of ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks']) {
      for (let index = 0; index < source.count(section, list); index++) {
        for (const name of source.keys(section, list, index)) {
          const targets = Array.from({ length: source.count(section, list, index, name) }, (_, at) =>
            String(source.take(section, list, index, name, at)),
          )
          const models = JSON.stringify([name, ...targets].map(modelSlug))
          source.remark(
            [section, list, index, name],
            `left out: a request names its fallbacks: send \`"models": ${models}\`, or store that as a preset; see docs/presets.md.`,
          )
        }
      }
    }
  }
}
