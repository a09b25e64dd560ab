import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { named, providerSlug, section } from './object.ts'

const apiKey = {
  minLength: 1,
  // Google's credentials are a JSON document; all others are sent in a header.
  pattern: '^([!-~]+|\\s*[{][\\s\\S]*[}]\\s*)$',
  patternErrorMessage:
    'must hold only printable ASCII characters and no spaces, since it is sent in a header, or a JSON document with credentials',
}

const dataPolicy = section(
  {
    training: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether the provider may train on the data that it receives.' }),
    ),
    retention: Type.Optional(
      Type.String({
        pattern: '^(none|transient|days:[1-9][0-9]{0,4})$',
        patternErrorMessage: 'must be none, transient, or a number of days such as days:30',
        description:
          'How long the provider keeps the data: `none`, `transient` (only while it serves the request) or `days:30`. Absent: unknown, which is treated as kept.',
      }),
    ),
  },
  {
    description:
      'What the provider does with the data that it receives. Absent: it is treated as if it keeps the data and trains on it.',
  },
)

const hedge = section(
  {
    at: Type.Optional(
      Type.Enum(['p50', 'p75', 'p90', 'p95', 'p99'], {
        default: defaults.hedge.at,
        description: 'The percentile of the endpoint’s own times after which a first token is late.',
      }),
    ),
    budget: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: defaults.hedge.budget,
        description: 'The largest share of the provider’s streams that may get a second call.',
      }),
    ),
  },
  {
    description:
      'Also calls an equivalent endpoint of another provider when the first token is late; the first answer wins. Both providers may charge. Absent: never.',
  },
)

const services = section(
  {
    embeddings: Type.Optional(
      Type.Enum(
        [
          'openai',
          'google',
          'vertex',
          'vertex-content',
          'cohere',
          'voyage-multimodal',
          'bedrock-titan',
          'bedrock-cohere',
        ],
        {
          description: 'The language of `POST /embeddings` and its like.',
        },
      ),
    ),
    rerank: Type.Optional(
      Type.Enum(['jina', 'cohere', 'voyage', 'tei'], {
        description: '`jina` is also that of vLLM and llama.cpp, `tei` that of Text Embeddings Inference.',
      }),
    ),
    images: Type.Optional(
      Type.Enum(['openai', 'fireworks', 'imagen', 'chat'], {
        description: '`openai` is `POST /images/generations`, `chat` a chat whose answer is an image.',
      }),
    ),
    speech: Type.Optional(
      Type.Enum(['openai', 'elevenlabs', 'mistral', 'chat'], {
        description: '`openai` is `POST /audio/speech`, `chat` a chat whose answer is audio.',
      }),
    ),
    transcription: Type.Optional(
      Type.Enum(['openai', 'elevenlabs', 'mistral'], {
        description: '`openai` is `POST /audio/transcriptions` as Whisper has it.',
      }),
    ),
  },
  {
    description:
      'The languages in which it is asked for what is no chat. Default: those of a built-in provider, or those that servers with its protocol usually have.',
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
          description: 'The protocol of the provider’s API.',
        },
      ),
    ),
    base_url: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s?#]+$',
        patternErrorMessage: 'must be an http:// or https:// address without ? or #, such as http://127.0.0.1:9001/v1',
        description:
          'The address before the protocol’s paths, such as `/chat/completions`. It may be private. It is required unless the provider is built in.',
      }),
    ),
    discover: Type.Optional(
      Type.Boolean({
        description:
          'Whether to request the list of its models (`GET {base_url}/models`) and offer all of them, free of charge. For local servers and providers of your own. Default: the value of `discovery` for the built-in local servers (`ollama`, `vllm` …), otherwise false.',
      }),
    ),
    api_key: Type.Optional(
      Type.String({ ...apiKey, description: 'The provider’s API key. It is best read from the environment.' }),
    ),
    api_keys: Type.Optional(
      Type.Array(Type.String(apiKey), {
        minItems: 1,
        description: 'Several API keys, in place of `api_key`. The next one is tried when one is refused or exhausted.',
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
          'Whether streams request their usage with `stream_options`. Only for chat-completions and completions. Absent: the known value of a built-in provider; for any other provider the field is sent, and where it is refused the call is repeated without it. With false, usage is estimated where the provider does not report it by itself.',
      }),
    ),
    datacenters: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[A-Z]{2}$', patternErrorMessage: 'must be a country of two letters, such as DE' }),
        {
          minItems: 1,
          uniqueItems: true,
          description:
            'The countries of all its data centers, as ISO 3166-1 alpha-2 codes. `GET /models?region=eu` uses them.',
        },
      ),
    ),
    services: Type.Optional(services),
    hedge: Type.Optional(hedge),
  },
  { description: 'A provider of your own, or the differences from a built-in one.' },
)

export const providers = named(provider, providerSlug, {
  default: {},
  description: 'Providers by slug. A built-in slug (`openai`, `anthropic`, `groq` …) needs only the differences.',
})
