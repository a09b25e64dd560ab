import { nativeToolNames } from '../../canonical/native-tool.ts'
import { operations } from '../../canonical/operation.ts'
import { Type } from 'typebox'
import { forEachWireName } from '../../catalog/price-kinds.ts'
import { defaults } from '../defaults.ts'
import { modelName, modelSlug, named, providerSlug, section } from './object.ts'

const prices = forEachWireName(({ unit, of }) =>
  Type.Optional(
    unit === 'token'
      ? Type.Number({ minimum: 0, maximum: 100_000, description: `${of}, USD per million tokens.` })
      : Type.Number({ minimum: 0, maximum: 1000, description: `${of}, USD each.` }),
  ),
)

const timeOfDay = (what: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 2359, description: `${what}, as HHMM.` }))

const override = section(
  {
    min_prompt_tokens: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'Applies to prompts of more tokens than this.' }),
    ),
    utc_start: timeOfDay('From this UTC time of day on'),
    utc_end: timeOfDay('Until just before this UTC time of day; a time earlier than `utc_start` is on the next day'),
    ...prices,
  },
  { description: 'Other prices, which apply where all of its conditions hold.' },
)

const pricing = section(
  {
    ...prices,
    discount: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0,
        description:
          'The share that is taken off every price, also off those of `overrides`: 0.25 is a quarter. Prices are listed, compared and charged with the discount.',
      }),
    ),
    overrides: Type.Optional(
      Type.Array(override, {
        description:
          'Other prices for long prompts or certain hours. For each price the later override wins; prices that no override sets stay.',
      }),
    ),
  },
  { default: {}, description: 'The prices of the endpoint. A price that is absent is zero.' },
)

const tokens = { minimum: 1, maximum: 1_000_000_000 }

const endpoint = section(
  {
    provider: Type.String({ minLength: 1, description: 'Slug of a provider, built in or configured.' }),
    model: Type.String({ minLength: 1, description: 'The provider’s own id for the model.' }),
    tag: Type.Optional(
      Type.String({
        pattern: `${providerSlug.pattern.slice(0, -1)}(/[A-Za-z0-9._-]+)*$`,
        patternErrorMessage: 'must be the provider’s slug, optionally with a suffix, such as prov-a/turbo',
        description:
          'Distinguishes several endpoints of one provider: the provider’s slug with a suffix. Default: the provider’s slug.',
      }),
    ),
    tier: Type.Optional(
      Type.Enum(['default', 'priority', 'flex', 'ultrafast'], {
        default: defaults.tier,
        description: 'The service tier of the endpoint.',
      }),
    ),
    pricing: Type.Optional(pricing),
    quantization: Type.Optional(
      Type.Enum(['int4', 'int8', 'fp4', 'mxfp4', 'nvfp4', 'fp6', 'fp8', 'mxfp8', 'fp16', 'bf16', 'fp32', 'unknown'], {
        description: 'Precision of the weights.',
      }),
    ),
    context_length: Type.Optional(
      Type.Integer({ ...tokens, description: 'Context window in tokens, where it differs from the model’s.' }),
    ),
    max_completion_tokens: Type.Optional(Type.Integer({ ...tokens, description: 'Longest output in tokens.' })),
    prefill: Type.Optional(
      Type.Boolean({ default: false, description: 'Whether a trailing assistant message is continued.' }),
    ),
    deprecated: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether the provider has retired the endpoint. Requests are refused with `model_deprecated` where no other endpoint serves the model.',
      }),
    ),
    operations: Type.Optional(
      Type.Array(Type.Enum([...operations]), {
        minItems: 1,
        uniqueItems: true,
        description:
          'The operations that it serves. Default: those that the provider offers and the outputs of the model allow.',
      }),
    ),
    max_inputs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'The most inputs of one call for embeddings: a larger batch is split. Default: that of a built-in provider, otherwise none.',
      }),
    ),
    supported_parameters: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[a-z][a-z0-9_]*$', patternErrorMessage: 'must be a parameter’s name, such as top_p' }),
        {
          uniqueItems: true,
          description: 'Request parameters it accepts, by the names of the API. Default: all.',
        },
      ),
    ),
    native_tools: Type.Optional(
      Type.Array(Type.Enum([...nativeToolNames]), {
        uniqueItems: true,
        description:
          'Tools that the provider has built in for this model. Default: what a built-in provider has. The list prices of a built-in provider apply where `pricing` has none.',
      }),
    ),
  },
  { description: 'The model at one provider.' },
)

const reasoning = section(
  {
    mandatory: Type.Optional(Type.Boolean({ default: false, description: 'Whether reasoning cannot be turned off.' })),
    efforts: Type.Optional(
      Type.Array(Type.Enum(['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none']), {
        minItems: 1,
        uniqueItems: true,
        description: 'The efforts that it accepts. Default: all.',
      }),
    ),
  },
  {},
)

const model = section(
  {
    name: Type.Optional(Type.String({ minLength: 1, description: 'Display name. Default: the slug.' })),
    family: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        patternErrorMessage: 'must be one word, such as m for ~acme/m-latest',
        description: 'The family in `~author/family-latest`.',
      }),
    ),
    created: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}$',
        patternErrorMessage: 'must be a date, such as 2026-01-01',
        description: 'Date of its release.',
      }),
    ),
    context_length: Type.Optional(Type.Integer({ ...tokens, description: 'Context window in tokens.' })),
    reasoning: Type.Optional(
      Type.Union([Type.Literal(false), reasoning], { description: 'Whether and how the model reasons.' }),
    ),
    distillable: Type.Optional(Type.Boolean({ description: 'Whether its output may be used to train other models.' })),
    aliases: Type.Optional(
      Type.Array(Type.String(modelName), { default: [], description: 'Other names that mean this model.' }),
    ),
    input_modalities: Type.Optional(
      Type.Array(Type.Enum(['text', 'image', 'audio', 'video', 'file']), {
        minItems: 1,
        uniqueItems: true,
        description: 'What the model accepts.',
      }),
    ),
    output_modalities: Type.Optional(
      Type.Array(Type.Enum(['text', 'image', 'audio', 'video', 'embeddings', 'rerank', 'speech', 'transcription']), {
        minItems: 1,
        uniqueItems: true,
        description: 'What the model produces.',
      }),
    ),
    extends: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether an entry with a built-in slug adds its endpoints to the built-in ones instead of replacing the entry.',
      }),
    ),
    endpoints: Type.Array(endpoint, {
      minItems: 1,
      description: 'The endpoints of the model, in the order of preference where nothing else decides.',
    }),
  },
  { description: 'One model.' },
)

export const models = named(model, modelSlug, {
  default: {},
  description: 'Models by slug. They add to the catalogue; an entry with a built-in slug replaces it.',
})
