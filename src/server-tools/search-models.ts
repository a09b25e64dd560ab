import { Type } from 'typebox'
import type { OfferedModel } from '../canonical/offered-model.ts'
import { countOf, stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool } from './server-tool.ts'

const usualResults = 5
const mostResults = 20
/** The model may write megabytes, and each word is looked for in each model. */
const longestQuery = 500

/** Searches the models that are offered here (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:experimental__search_models',
  title: 'SearchModelsTool',
  description: 'The model may look for models.',
  parameters: {
    max_results: nullish(Type.Integer({ minimum: 1, maximum: mostResults })),
  },
  open: ({ max_results: limit }, { models }) => ({
    function: {
      type: 'function',
      name: 'search_models',
      description: 'Searches the models that can be asked here, by name, author or ability.',
      parameters: {
        type: 'object',
        properties: {
          query: { type: 'string', description: 'Words of the name, the author or the description.' },
          max_results: { type: 'integer', minimum: 1, maximum: mostResults },
        },
        required: ['query'],
        additionalProperties: false,
      },
    },
    run: async (given) => {
      const words = (stringOf(given['query']) ?? '')
        .slice(0, longestQuery)
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== '')
      const most = Math.min(limit ?? mostResults, countOf(given['max_results']) ?? limit ?? usualResults)
      const found = best(models.list(), words).slice(0, Math.max(1, most))
      return { status: 'completed', result: { models: found.map(describe) } }
    },
  }),
})

/** Returns the models that contain at least one of the words, those with the most words first, then the newest. */
function best(models: readonly OfferedModel[], words: readonly string[]): readonly OfferedModel[] {
  return models
    .map((model) => {
      const text = `${model.slug} ${model.name} ${model.description ?? ''}`.toLowerCase()
      return { model, hits: words.filter((word) => text.includes(word)).length }
    })
    .filter(({ hits }) => hits > 0 || words.length === 0)
    .sort((one, other) => other.hits - one.hits || other.model.created - one.model.created)
    .map(({ model }) => model)
}

const picoPerUsd = 1e12

function describe(model: OfferedModel) {
  const prices = model.endpoints.map(({ pricing }) => pricing)
  const lowest = (kind: 'prompt' | 'completion'): number =>
    prices.reduce((least, price) => Math.min(least, price[kind]), Infinity)
  return {
    id: model.slug,
    name: model.name,
    ...(model.description !== undefined && { description: model.description.slice(0, 300) }),
    context_length: model.contextLength,
    input_modalities: model.inputModalities,
    output_modalities: model.outputModalities,
    pricing: {
      prompt: String(lowest('prompt') / picoPerUsd),
      completion: String(lowest('completion') / picoPerUsd),
    },
  }
}
