/**
 * Writes `src/catalog/data/models.json` from snapshots of models.dev and genai-prices, and prints where they disagree.
 * Usage: `node scripts/generate-catalog.ts [--from DIR] [--to FILE]` (or `WAYGATE_CATALOG_SOURCES` for DIR, which contains
 * `models-dev.json` and `genai-prices.json`). With `--check` it reports whether the committed file is up to date.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Offer } from './catalog/endpoints-of.ts'
import { entryOf } from './catalog/entry-of.ts'
import { mediaModels } from './catalog/media-models.ts'
import { hosts, omission, placementOf, pricedByGenai, trulyFree } from './catalog/mapping.ts'
import { secondOpinion } from './catalog/second-opinion.ts'
import { readSources } from './catalog/sources.ts'
import type { ModelsDevModel } from './catalog/sources.ts'
import { vectorModels } from './catalog/vector-models.ts'
import { writeOrCheck } from './write-or-check.ts'

const { values } = parseArgs({
  options: { from: { type: 'string' }, to: { type: 'string' }, check: { type: 'boolean' } },
})
const directory = values.from ?? process.env['WAYGATE_CATALOG_SOURCES']
if (directory === undefined) {
  console.error('Say where the snapshots are: --from DIR, or set WAYGATE_CATALOG_SOURCES.')
  process.exit(2)
}

const { modelsDev, genaiPrices } = readSources(directory)
const day = /\d{4}-\d{2}-\d{2}/.exec(modelsDev.source)?.[0] ?? 'undated'
const source = `models.dev ${day}`

const offers: Offer[] = []
for (const [theirs, provider] of Object.entries(hosts)) {
  for (const [id, model] of Object.entries(modelsDev.providers[theirs]?.models ?? {})) {
    const offer = offerOf(provider, id, model)
    if (offer !== null) offers.push(offer)
  }
}

function offerOf(provider: string, id: string, model: ModelsDevModel): Offer | null {
  if ((provider === 'openai' || provider === 'azure') && id.startsWith('text-embedding-'))
    return { provider, id, model, placement: { slug: `openai/${id}` }, second: null }
  if (model.status === 'deprecated' || omission(provider, id) !== undefined) return null
  const { input = 0, output = 0 } = model.cost ?? {}
  if (input === 0 && output === 0 && !trulyFree.has(`${provider}:${id}`)) return null
  const second = secondOpinion(genaiPrices, provider, id)
  return { provider, id, model, placement: placementOf(provider, id, model.base_model), second }
}

/** The makers' own descriptions. Their fast variants and their cheap variants are the same model. */
const makers = new Map(
  Object.entries(modelsDev.models)
    .filter(([id]) => omission(...maker(id)) === undefined)
    .map(([id, model]) => [placementOf('', id, undefined), model] as const)
    .filter(([placement]) => placement.variant === undefined)
    .map(([placement, model]) => [placement.slug, model]),
)

/** Splits `zhipuai/glm-5` into provider and id, the form in which omissions are listed. */
function maker(id: string): readonly [provider: string, id: string] {
  const [author = '', ...name] = id.split('/')
  return [author, name.join('/')]
}

for (const { provider, id, model, second } of offers) {
  const { input = 0, output = 0 } = model.cost ?? {}
  if (second === null || !(differ(input, second.prompt) || differ(output, second.completion))) continue
  const taken = pricedByGenai.has(`${provider}:${id}`) ? 'genai-prices' : 'models.dev'
  const prices = `models.dev ${input}/${output}, genai-prices ${second.prompt}/${second.completion}`
  console.log(`${provider}:${id}: ${prices}; taken: ${taken}`)
}

/** Whether two prices differ by more than one percent. */
function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > 0.01 * Math.max(a, b)
}

const bySlug = Map.groupBy(offers, ({ placement }) => placement.slug)
const entries = [...bySlug]
  .map(([slug, group]) => entryOf(slug, group, makers.get(slug), source))
  .concat(mediaModels, vectorModels)
  .sort((a, b) => (a.slug < b.slug ? -1 : 1))

/** One model and one endpoint per line, so that a change of price is a diff of one line. */
const lines = entries.map(({ endpoints, ...model }) => {
  const rows = endpoints.map((endpoint) => `  ${JSON.stringify(endpoint)}`)
  return `${JSON.stringify(model).slice(0, -1)},"endpoints":[\n${rows.join(',\n')}]}`
})
const to = values.to === undefined ? 'src/catalog/data/models.json' : resolve(values.to)
writeOrCheck(to, `[\n${lines.join(',\n')}\n]\n`)

const shared = entries.filter(({ endpoints }) => new Set(endpoints.map(({ provider }) => provider)).size >= 3)
console.log(`${entries.length} models, ${offers.length} endpoints, ${shared.length} models at three providers or more`)
