import { Type } from 'typebox'
import { orNull } from './or-null.ts'
import { PricingSchema } from './pricing.ts'

export const ArchitectureSchema = Type.Object(
  {
    modality: orNull(Type.String({ description: 'In short, e.g. `text+image->text`.' })),
    input_modalities: Type.Array(Type.String()),
    output_modalities: Type.Array(Type.String()),
    tokenizer: Type.String({ description: 'The family of its tokenizer; `Other` when unknown.' }),
    instruct_type: orNull(Type.String()),
  },
  { title: 'Architecture', description: 'What a model accepts and produces.' },
)

const TopProviderSchema = Type.Object(
  {
    is_moderated: Type.Boolean(),
    context_length: orNull(Type.Integer({ description: 'Tokens.' })),
    max_completion_tokens: orNull(Type.Integer({ description: 'Tokens.' })),
  },
  { title: 'TopProvider', description: 'Limits at the cheapest endpoint.' },
)

const ReasoningSupportSchema = Type.Object(
  {
    mandatory: Type.Boolean({ description: 'The model always thinks.' }),
    supported_efforts: orNull(Type.Array(Type.String())),
    supports_max_tokens: Type.Boolean({ description: 'Whether `reasoning.max_tokens` sets a budget.' }),
  },
  { title: 'ReasoningSupport' },
)

/** Source: contract §8.A1. */
export const ModelSchema = Type.Object(
  {
    id: Type.String({ description: 'The slug to send as `model`.' }),
    object: Type.Literal('model'),
    owned_by: Type.String({ description: 'The author of the model.' }),
    canonical_slug: Type.String(),
    name: Type.String(),
    created: Type.Integer({ description: 'Unix seconds of the release; 0 when unknown.' }),
    description: Type.Optional(Type.String()),
    context_length: orNull(Type.Integer({ description: 'Tokens.' })),
    architecture: ArchitectureSchema,
    pricing: PricingSchema,
    top_provider: TopProviderSchema,
    per_request_limits: orNull(
      Type.Object({ prompt_tokens: orNull(Type.Number()), completion_tokens: orNull(Type.Number()) }),
    ),
    supported_parameters: Type.Array(Type.String(), { description: 'Parameters that at least one endpoint supports.' }),
    default_parameters: orNull(
      Type.Object(
        {
          temperature: Type.Optional(orNull(Type.Number())),
          top_p: Type.Optional(orNull(Type.Number())),
          top_k: Type.Optional(orNull(Type.Number())),
          frequency_penalty: Type.Optional(orNull(Type.Number())),
          presence_penalty: Type.Optional(orNull(Type.Number())),
          repetition_penalty: Type.Optional(orNull(Type.Number())),
        },
        { description: 'The values that the provider uses for parameters missing in a request.' },
      ),
    ),
    supported_voices: orNull(Type.Array(Type.String())),
    knowledge_cutoff: Type.Optional(Type.String({ description: 'ISO date or month.' })),
    reasoning: Type.Optional(ReasoningSupportSchema),
    links: Type.Object({ details: Type.String({ description: 'The address where its endpoints are listed.' }) }),
  },
  {
    title: 'Model',
    description: 'A model, whichever providers serve it. Price and limits are those of its cheapest endpoint.',
  },
)

export const ModelListSchema = Type.Object(
  {
    object: Type.Literal('list'),
    data: Type.Array(ModelSchema),
    total_count: Type.Integer({ minimum: 0, description: 'The number of matching models on all pages.' }),
    links: Type.Object({ next: orNull(Type.String({ description: 'The address of the next page.' })) }),
  },
  { title: 'ModelList' },
)
