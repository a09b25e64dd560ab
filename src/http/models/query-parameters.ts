import { Type } from 'typebox'
import type { Parameter } from '../http-route.ts'
import { categories } from './categories.ts'
import { modelOrders } from './model-orders.ts'

const query = (name: string, description: string, schema: Parameter['schema'] = Type.String()): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

/** A model whose figure is not known passes neither filter. */
const range = (name: string, figure: string, schema: Parameter['schema'] = Type.Number({ minimum: 0 })) => [
  query(`min_${name}`, `The minimum of this figure: ${figure}.`, schema),
  query(`max_${name}`, `The maximum of this figure: ${figure}.`, schema),
]

/** The parameters that filter models. Source: contract §8.A1. */
export const filterParameters: readonly Parameter[] = [
  query('q', 'Only models whose slug or name contains this text, in any letter case.'),
  query(
    'output_modalities',
    'Only models that produce all of these: a comma-separated list, or `all`.',
    Type.String({ default: 'text' }),
  ),
  query('input_modalities', 'Only models that accept all of these: a comma-separated list.'),
  query('supported_parameters', 'Only models that support all of these request fields: a comma-separated list.'),
  query('model_authors', 'Only models of these authors: a comma-separated list.'),
  query('providers', 'Only models that one of these providers serves: a comma-separated list of slugs or names.'),
  query('context', 'Only models with a context window of at least this many tokens.', Type.Integer({ minimum: 0 })),
  query(
    'category',
    'Only models that the operator lists under `routing.auto` as the best for the tasks of this category.',
    Type.Enum([...categories]),
  ),
  query('arch', 'Only models of this family, e.g. `Claude`, in any letter case.'),
  query(
    'distillable',
    'Whether the training of other models on its output is permitted.',
    Type.Enum(['true', 'false']),
  ),
  query('zdr', 'Only models with an endpoint that retains no data.', Type.Enum(['true'])),
  query(
    'region',
    'Only models with an endpoint at a provider whose data centers are all in this region.',
    Type.Enum(['eu', 'us']),
  ),
  ...range('price', 'USD per million prompt tokens'),
  ...range('output_price', 'USD per million completion tokens'),
  ...range('age_days', 'days since the release', Type.Integer({ minimum: 0 })),
  ...range('intelligence_index', 'the intelligence index: no model has one here'),
  ...range('coding_index', 'the coding index: a hundred times the operator’s score under `routing.coding_scores`'),
  ...range('agentic_index', 'the agentic index: no model has one here'),
  ...range(
    'tool_success_rate',
    'the share of replies with tool calls whose calls were all valid',
    Type.Number({ minimum: 0, maximum: 1 }),
  ),
]

/** The parameters that decide which of the models are listed, and in which order. */
export const pageParameters: readonly Parameter[] = [
  query(
    'sort',
    'The order; without it, the order of the catalogue. Models whose figure is not known come last.',
    Type.Enum([...modelOrders]),
  ),
  query('offset', 'How many models to skip at the beginning.', Type.Integer({ minimum: 0, default: 0 })),
  query(
    'limit',
    'How many models to list. Without `offset` and `limit` all are listed.',
    Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
  ),
]

export const feedParameter = query(
  'use_rss',
  '`true`: an RSS feed of the models, the newest first.',
  Type.Enum(['true', 'false']),
)
