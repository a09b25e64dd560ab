import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Model } from '../../catalog/model.ts'
import { retainsNothing } from '../../catalog/retains-nothing.ts'
import { type Category, categories, tasksOf } from './categories.ts'
import { type Figure, figures, type ModelFacts } from './model-figures.ts'
import { listOf, numberOf, type QueryValue, valueOf, wholeOf, wordOf, wordsOf } from '../query-value.ts'
import { trimEnd } from '../../util/trim-end.ts'

type Test = (model: Model) => boolean
/** Parses a parameter of the query into a test of models. Throws for an invalid value. */
type Filter = (value: QueryValue, facts: ModelFacts) => Test

const inputModalities = ['text', 'image', 'file', 'audio', 'video']
const outputModalities = [
  ...['text', 'image', 'embeddings', 'audio', 'video', 'rerank', 'speech', 'transcription', 'decisions'],
  'all',
]

/** Creates the filters for the minimum and maximum of one figure. A model whose figure is not known passes neither. */
function range(
  name: string,
  figure: Figure,
  read: (value: QueryValue) => number = (value) => numberOf(value, 0, Number.MAX_SAFE_INTEGER),
): Readonly<Record<string, Filter>> {
  const compared =
    (meets: (known: number, limit: number) => boolean): Filter =>
    (value, facts) => {
      const limit = read(value)
      return (model) => {
        const known = figure(model, facts)
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
  category(value, { preferences: { auto } }) {
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
    return ({ endpoints }) => endpoints.some(retainsNothing)
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

/**
 * Returns a test of whether a model passes every filter of the query. Without a filter for output modalities, or with one that names none,
 * only models with text output pass.
 */
export function filterOf(query: URLSearchParams, facts: ModelFacts): Test {
  const tests = Object.entries(filters).flatMap(([name, filter]) => {
    const given = valueOf(query, name)
    const isDefault = name === 'output_modalities' && (given === null || listOf(given).length === 0)
    const value = isDefault ? { name, text: 'text' } : given
    return value === null ? [] : [filter(value, facts)]
  })
  return (model) => tests.every((test) => test(model))
}

/** The members of the European Union, and the United States, as ISO 3166-1 codes. */
const regions = {
  eu: new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')),
  us: new Set(['US']),
} as const

/**
 * Returns the words of a model's family, e.g. `claude` and `opus`. They come from the catalogue, or else from the model's name without its
 * version.
 */
function familyWords({ family, slug }: Model): readonly string[] {
  const words = (family ?? slug.slice(slug.indexOf('/') + 1)).toLowerCase().split(/[^a-z0-9.]+/)
  return words.flatMap((word) => [word, trimEnd(word, '0123456789.')]).filter(Boolean)
}
