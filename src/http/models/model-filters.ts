import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Model } from '../../catalog/model.ts'
import { type Category, categories, tasksOf } from './categories.ts'
import { type Figure, figures, type ModelKnowledge } from './model-figures.ts'
import { listOf, numberOf, type QueryValue, valueOf, wholeOf, wordOf, wordsOf } from './query-value.ts'
import { trimEnd } from '../../util/trim-end.ts'

type Test = (model: Model) => boolean
/** What a parameter of the query asks of a model. Throws for a value that is none. */
type Filter = (value: QueryValue, knowledge: ModelKnowledge) => Test

const inputModalities = ['text', 'image', 'file', 'audio', 'video']
const outputModalities = [
  ...['text', 'image', 'embeddings', 'audio', 'video', 'rerank', 'speech', 'transcription', 'decisions'],
  'all',
]

/** A least and a most of one figure; models of which it is not known meet neither. */
function range(
  name: string,
  figure: Figure,
  read: (value: QueryValue) => number = (value) => numberOf(value, 0, Number.MAX_SAFE_INTEGER),
): Readonly<Record<string, Filter>> {
  const compared =
    (meets: (known: number, limit: number) => boolean): Filter =>
    (value, knowledge) => {
      const limit = read(value)
      return (model) => {
        const known = figure(model, knowledge)
        return known !== null && meets(known, limit)
      }
    }
  return {
    [`min_${name}`]: compared((known, least) => known >= least),
    [`max_${name}`]: compared((known, most) => known <= most),
  }
}

/** Source: contract §8.A1. */
const filters: Readonly<Record<string, Filter>> = {
  q({ text }) {
    const wanted = text.toLowerCase()
    return ({ slug, name }) => `${slug} ${name}`.toLowerCase().includes(wanted)
  },
  category(value, { opinions: { auto } }) {
    const best = new Set(tasksOf(wordOf<Category>(value, categories)).flatMap((task) => auto[task] ?? []))
    return ({ slug }) => best.has(slug)
  },
  supported_parameters(value) {
    const names = listOf(value)
    return ({ endpoints }) =>
      names.every((name) => endpoints.some((endpoint) => supportsParameter(endpoint.supportedParameters, name)))
  },
  output_modalities(value) {
    const wanted = wordsOf(value, outputModalities)
    return (model) => wanted.includes('all') || wanted.every((modality) => model.outputModalities.includes(modality))
  },
  input_modalities(value) {
    const wanted = wordsOf(value, inputModalities)
    return (model) => wanted.every((modality) => model.inputModalities.includes(modality))
  },
  context(value) {
    const least = wholeOf(value, 0)
    return (model) => (figures.context(model) ?? 0) >= least
  },
  arch({ text }) {
    const wanted = text.toLowerCase()
    return (model) => familyWords(model).includes(wanted)
  },
  model_authors(value) {
    const authors = listOf(value)
    return ({ author }) => authors.includes(author)
  },
  providers(value) {
    const names = new Set(listOf(value).map((name) => name.toLowerCase()))
    return ({ endpoints }) =>
      endpoints.some(
        ({ provider, providerName }) => names.has(provider.toLowerCase()) || names.has(providerName.toLowerCase()),
      )
  },
  distillable(value) {
    const wanted = wordOf(value, ['true', 'false']) === 'true'
    return ({ distillable }) => distillable === wanted
  },
  zdr(value) {
    wordOf(value, ['true'])
    return ({ endpoints }) => endpoints.some(({ dataPolicy }) => dataPolicy.retention === 'none')
  },
  region(value, { datacenters }) {
    const countries = regions[wordOf(value, ['eu', 'us'])]
    const isInside = (provider: string): boolean => {
      const places = datacenters(provider)
      return places.length > 0 && places.every((place) => countries.has(place))
    }
    return ({ endpoints }) => endpoints.some(({ provider }) => isInside(provider))
  },
  ...range('price', figures.promptPrice),
  ...range('output_price', figures.completionPrice),
  ...range('age_days', figures.ageDays, (value) => wholeOf(value, 0)),
  ...range('intelligence_index', figures.intelligenceIndex),
  ...range('coding_index', figures.codingIndex),
  ...range('agentic_index', figures.agenticIndex),
  ...range('tool_success_rate', figures.toolSuccess, (value) => numberOf(value, 0, 1)),
}

/** Whether a model meets every filter of the query. Without a word about what it makes, that is text. */
export function filterOf(query: URLSearchParams, knowledge: ModelKnowledge): Test {
  const tests = Object.entries(filters).flatMap(([name, filter]) => {
    const value = valueOf(query, name) ?? (name === 'output_modalities' ? { name, text: 'text' } : null)
    return value === null ? [] : [filter(value, knowledge)]
  })
  return (model) => tests.every((test) => test(model))
}

/** Members of the European Union, and the United States, as ISO 3166-1 has them. */
const regions = {
  eu: new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')),
  us: new Set(['US']),
} as const

/** The words of a model's family, e.g. `claude` and `opus`: the one that the catalogue states, else its name's, without a version. */
function familyWords({ family, slug }: Model): readonly string[] {
  const words = (family ?? slug.slice(slug.indexOf('/') + 1)).toLowerCase().split(/[^a-z0-9.]+/)
  return words.flatMap((word) => [word, trimEnd(word, '0123456789.')]).filter(Boolean)
}
