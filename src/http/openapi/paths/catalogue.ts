import { Type } from 'typebox'
import { categories } from '../../models/categories.ts'
import { modelOrders } from '../../models/model-orders.ts'
import type { Group, Operation, Parameter } from '../operation.ts'
import { ModelEndpointsSchema } from '../schema/endpoint.ts'
import { ModelListSchema, ModelSchema } from '../schema/model.ts'
import { ProviderListSchema } from '../schema/provider.ts'

const group: Group = { name: 'Catalogue', description: 'What models there are, at which providers and prices.' }

const query = (name: string, description: string, schema: Parameter['schema'] = Type.String()): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
})

/** A model of which the figure is not known meets neither. */
const range = (name: string, figure: string, schema: Parameter['schema'] = Type.Number({ minimum: 0 })) => [
  query(`min_${name}`, `At least so much: ${figure}.`, schema),
  query(`max_${name}`, `At most so much: ${figure}.`, schema),
]

const filters: readonly Parameter[] = [
  query('q', 'Only models whose slug or name contains this text, in any letter case.'),
  query(
    'output_modalities',
    'Only models that make all of these: a comma-separated list, or `all`.',
    Type.String({ default: 'text' }),
  ),
  query('input_modalities', 'Only models that take all of these: a comma-separated list.'),
  query('supported_parameters', 'Only models that support all of these request fields: a comma-separated list.'),
  query('model_authors', 'Only models of these authors: a comma-separated list.'),
  query('providers', 'Only models that one of these serves: a comma-separated list of slugs or names.'),
  query('context', 'Only models with a context window of at least so many tokens.', Type.Integer({ minimum: 0 })),
  query(
    'category',
    'Only models that the operator lists as the best for the tasks of this use, under `routing.auto`.',
    Type.Enum([...categories]),
  ),
  query('arch', 'Only models of this family, e.g. `Claude`, in any letter case.'),
  query('distillable', 'Whether training other models on its output is permitted.', Type.Enum(['true', 'false'])),
  query('zdr', 'Only models with an endpoint that retains nothing.', Type.Enum(['true'])),
  query('region', 'Only models with an endpoint at a provider that is all there.', Type.Enum(['eu', 'us'])),
  ...range('price', 'USD per million prompt tokens'),
  ...range('output_price', 'USD per million completion tokens'),
  ...range('age_days', 'days since the release', Type.Integer({ minimum: 0 })),
  ...range('intelligence_index', 'the intelligence index: no model has one here'),
  ...range('coding_index', 'the coding index: a hundred times what the operator gives under `routing.coding_scores`'),
  ...range('agentic_index', 'the agentic index: no model has one here'),
  ...range(
    'tool_success_rate',
    'the share of replies with tool calls whose calls were all good',
    Type.Number({ minimum: 0, maximum: 1 }),
  ),
]

const paging: readonly Parameter[] = [
  query(
    'sort',
    'The order; without it, that of the catalogue. Models of which the figure is not known come last.',
    Type.Enum([...modelOrders]),
  ),
  query('offset', 'How many models to leave out at the beginning.', Type.Integer({ minimum: 0, default: 0 })),
  query(
    'limit',
    'How many models to list. Without `offset` and `limit` all are listed.',
    Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
  ),
  query('use_rss', '`true`: an RSS feed of the models, the newest first.', Type.Enum(['true', 'false'])),
]

const slug: readonly Parameter[] = [
  {
    name: 'author',
    in: 'path',
    description: 'The part of the slug before `/`.',
    schema: Type.String(),
    example: 'waygate',
  },
  {
    name: 'slug',
    in: 'path',
    description: 'The part of the slug after `/`.',
    schema: Type.String(),
    example: 'simulator',
  },
]

export const catalogueOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/models',
    id: 'listModels',
    group,
    summary: 'List models',
    description: 'The models that somebody serves here, filtered and paged.',
    authenticated: false,
    parameters: [...filters, ...paging],
    success: { description: 'The models that match.', json: ModelListSchema },
    errors: ['invalid_request', 'server'],
  },
  {
    method: 'get',
    path: '/models/count',
    id: 'countModels',
    group,
    summary: 'Count models',
    description: 'How many models match the same filters as those of the list.',
    authenticated: false,
    parameters: filters,
    success: {
      description: 'The count.',
      json: Type.Object({ data: Type.Object({ count: Type.Integer({ minimum: 0 }) }) }, { title: 'ModelCount' }),
    },
    errors: ['invalid_request', 'server'],
  },
  {
    method: 'get',
    path: '/model/{author}/{slug}',
    id: 'getModel',
    group,
    summary: 'Get a model',
    description: 'One model, by its slug or an alias.',
    authenticated: false,
    parameters: slug,
    success: { description: 'The model.', json: Type.Object({ data: ModelSchema }, { title: 'ModelReply' }) },
    errors: ['not_found', 'server'],
  },
  {
    method: 'get',
    path: '/models/{author}/{slug}',
    id: 'retrieveModel',
    group,
    summary: 'Get a model, as OpenAI has it',
    description: 'The same model, not inside `data`. The slash of the slug may be encoded.',
    authenticated: false,
    parameters: slug,
    success: { description: 'The model.', json: ModelSchema },
    errors: ['not_found', 'server'],
  },
  {
    method: 'get',
    path: '/models/{author}/{slug}/endpoints',
    id: 'listModelEndpoints',
    group,
    summary: 'List the endpoints of a model',
    description:
      'Who serves a model, at what price, within what limits, how reliably and, where a key is sent, how fast.',
    authenticated: false,
    parameters: slug,
    success: { description: 'The model and its endpoints.', json: ModelEndpointsSchema },
    errors: ['not_found', 'server'],
  },
  {
    method: 'get',
    path: '/providers',
    id: 'listProviders',
    group,
    summary: 'List providers',
    description: 'The providers that this gateway is set up to use.',
    authenticated: false,
    success: { description: 'The providers.', json: ProviderListSchema },
    errors: ['server'],
  },
]
