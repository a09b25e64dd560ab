import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { named, providerSlug, section } from './object.ts'

const apiKey = {
  minLength: 1,
  // Google's credentials are a document; all others travel in a header.
  pattern: '^([!-~]+|\\s*[{][\\s\\S]*[}]\\s*)$',
  patternErrorMessage:
    'must hold only printable ASCII characters and no spaces, since it travels in a header, or a JSON document with credentials',
}

const dataPolicy = section(
  {
    training: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether the provider may train on what it receives.' }),
    ),
    retention: Type.Optional(
      Type.String({
        pattern: '^(none|transient|days:[1-9][0-9]{0,4})$',
        patternErrorMessage: 'must be none, transient, or a number of days such as days:30',
        description:
          'How long the provider keeps it: `none`, `transient` (only while serving) or `days:30`. Absent: unknown, which counts as kept.',
      }),
    ),
  },
  { description: 'What the provider does with what it receives. Absent: it counts as keeping it and training on it.' },
)

const hedge = section(
  {
    at: Type.Optional(
      Type.Enum(['p50', 'p75', 'p90', 'p95', 'p99'], {
        default: defaults.hedge.at,
        description: 'Past which percentile of the endpoint’s own times a first token is late.',
      }),
    ),
    budget: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: defaults.hedge.budget,
        description: 'Largest share of the provider’s streams that get a second call.',
      }),
    ),
  },
  {
    description:
      'Calls an equivalent endpoint of another provider beside one whose first token is late; the first to answer wins. Both may charge. Absent: never.',
  },
)

const provider = section(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, description: 'Display name. Default: the built-in name, or the slug.' }),
    ),
    protocol: Type.Optional(
      Type.Enum(
        ['chat-completions', 'completions', 'responses', 'messages', 'generate-content', 'converse', 'cohere-chat'],
        {
          default: defaults.protocol,
          description: 'The wire language the provider speaks.',
        },
      ),
    ),
    base_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]+$',
        patternErrorMessage: 'must be an http:// or https:// address without ? or #, such as http://127.0.0.1:9001/v1',
        description:
          'Address under which the protocol’s paths lie. May be private. Required unless the provider is built in.',
      }),
    ),
    discover: Type.Optional(
      Type.Boolean({
        description:
          'Whether to ask it for its models (`GET {base_url}/models`) and offer them all, at no charge: for local servers and providers of your own. Default: as `discovery` says for the built-in local servers (`ollama`, `vllm` …), else false.',
      }),
    ),
    api_key: Type.Optional(
      Type.String({ ...apiKey, description: 'The provider’s API key. Best taken from the environment.' }),
    ),
    api_keys: Type.Optional(
      Type.Array(Type.String(apiKey), {
        minItems: 1,
        description: 'Several API keys, tried in turn when one is refused or exhausted. Instead of `api_key`.',
      }),
    ),
    variables: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Z][A-Z0-9_]*$' }), Type.String(), {
        description:
          'Values of the environment variables that a built-in provider reads, such as `AWS_REGION`, in place of the environment’s.',
      }),
    ),
    data_policy: Type.Optional(dataPolicy),
    stream_options: Type.Optional(
      Type.Boolean({
        description:
          'Whether streams ask for their usage with `stream_options`. Only for chat-completions and completions. Absent: as is known of a built-in provider; another is asked, and asked again without it where it refuses the field. Where it is false, usage that does not come unasked is estimated.',
      }),
    ),
    datacenters: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[A-Z]{2}$', patternErrorMessage: 'must be a country of two letters, such as DE' }),
        {
          minItems: 1,
          uniqueItems: true,
          description:
            'Countries where all of its data centers are, as ISO 3166-1 alpha-2 codes. `GET /models?region=eu` goes by them.',
        },
      ),
    ),
    hedge: Type.Optional(hedge),
  },
  { description: 'A provider of your own, or what differs from a built-in one.' },
)

export const providers = named(provider, providerSlug, {
  default: {},
  description: 'Providers by slug. A built-in slug (`openai`, `anthropic`, `groq` …) needs only what differs.',
})
