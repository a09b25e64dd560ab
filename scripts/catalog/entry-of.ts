import type { CatalogEntry } from '../../src/catalog/catalog-entry.ts'
import { endpointsOf, modalities } from './endpoints-of.ts'
import type { Offer } from './endpoints-of.ts'
import { alwaysThinks, familyOf } from './mapping.ts'
import type { ModelsDevModel, ReasoningOption } from './sources.ts'

/** Providers that serve their own models first, with the authors under which those are listed. */
const ownHosts: Readonly<Record<string, string>> = {
  amazon: 'amazon-bedrock',
  anthropic: 'anthropic',
  cohere: 'cohere',
  deepseek: 'deepseek',
  google: 'google-ai-studio',
  minimax: 'minimax',
  mistralai: 'mistral',
  moonshotai: 'moonshotai',
  nvidia: 'nvidia',
  openai: 'openai',
  perplexity: 'perplexity',
  qwen: 'alibaba',
  stepfun: 'stepfun',
  'x-ai': 'xai',
  xiaomi: 'xiaomi',
  'z-ai': 'z-ai',
}

/** @param maker The maker's own description of the model, where the source has one. It has priority over the hosts'. */
export function entryOf(
  slug: string,
  group: readonly Offer[],
  maker: ModelsDevModel | undefined,
  source: string,
): CatalogEntry {
  const ownHost = ownHosts[slug.split('/', 1)[0] ?? '']
  const offers = group.toSorted((a, b) => rank(a, ownHost) - rank(b, ownHost) || (tagOf(a) < tagOf(b) ? -1 : 1))
  const all = offers.map(({ model }) => model)
  const own = offers.find(({ provider }) => provider === ownHost)
  const aliases = [...new Set(offers.flatMap(({ placement }) => placement.alias ?? []))]
  const described = maker ?? own?.model
  const served = Math.max(...all.map(({ limit }) => limit.context))
  const contextLength = Math.min(described?.limit.context || served, served)
  const common = mostCommon(
    (described === undefined ? all : [described]).map(({ modalities: { input } }) => input.join()),
  )
  const inputModalities = modalities(common?.split(',') ?? ['text'])
  const embeddings = slug.includes('embedding')
  return {
    slug,
    name: nameOf(slug, maker === undefined ? all : [maker]),
    family: familyOf(slug),
    created: described?.release_date ?? mostCommon(all.map((model) => model.release_date)),
    contextLength,
    inputModalities: inputModalities.join() === 'text' ? undefined : inputModalities,
    outputModalities: embeddings ? ['embeddings'] : undefined,
    reasoning: reasoningOf(slug, own === undefined ? all : [own.model]),
    knowledgeCutoff: described?.knowledge ?? mostCommon(all.flatMap(({ knowledge }) => knowledge ?? [])),
    openWeights: all.some((model) => model.open_weights) ? true : undefined,
    aliases: aliases.length > 0 ? aliases : undefined,
    source,
    endpoints: offers.flatMap((offer) => endpointsOf(offer, { contextLength, inputModalities, embeddings, source })),
  }
}

const rank = ({ provider, placement }: Offer, ownHost: string | undefined): number =>
  (provider === ownHost ? 0 : 2) + (placement.variant === undefined ? 0 : 1)

const tagOf = ({ provider, placement }: Offer): string => `${provider}/${placement.variant ?? ''}`

/** Returns the name that corresponds to the slug, or else the shortest. */
function nameOf(slug: string, models: readonly ModelsDevModel[]): string {
  const names = models.map(({ name }) => name.replace(' (latest)', '').split('/').at(-1)?.trim() ?? name)
  const exact = names.find((name) => letters(name) === letters(slug.split('/')[1] ?? slug))
  return exact ?? names.reduce((best, name) => (name.length < best.length ? name : best))
}

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

const efforts = new Set(['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none'])

/** The hosts differ in the efforts that they accept. The value of most of them is taken as the model's own. */
function reasoningOf(slug: string, models: readonly ModelsDevModel[]): CatalogEntry['reasoning'] {
  if (!mostly(models, (model) => model.reasoning)) return false
  const stated = models.map((model) => model.reasoning_options ?? []).filter((options) => options.length > 0)
  const levels = mostCommon(stated.flatMap((options) => options.map(effortsOf)).filter((names) => names !== '')) ?? ''
  const withEfforts = mostly(stated, (options) => options.some(({ type }) => type === 'effort'))
  return {
    mandatory: alwaysThinks.test(slug) && !mostly(stated, (options) => options.some(stops)) ? true : undefined,
    efforts: withEfforts ? levels.split(' ') : undefined,
    maxTokens: mostly(stated, (options) => options.some(({ type }) => type === 'budget_tokens')) ? true : undefined,
  }
}

const effortsOf = (option: ReasoningOption): string =>
  option.type === 'effort' ? option.values.filter((value) => efforts.has(value)).join(' ') : ''

const stops = (option: ReasoningOption): boolean =>
  option.type === 'toggle' || (option.type === 'effort' && option.values.includes('none'))

const mostly = <T>(all: readonly T[], holds: (each: T) => boolean): boolean =>
  all.length > 0 && all.filter(holds).length * 2 >= all.length

/** Returns the first of the values that occur most often. */
function mostCommon(values: readonly string[]): string | undefined {
  const groups = [...Map.groupBy(values, (value) => value).values()]
  return groups.toSorted((a, b) => b.length - a.length)[0]?.[0]
}
