import type { JsonObject } from '../../src/util/json.ts'

/** An exchange with a real gateway, and the properties of the published documents that it covers. */
export interface SeedCase {
  readonly title: string
  readonly address: '/chat/completions' | '/completions'
  readonly headers?: Readonly<Record<string, string>>
  /** A model of `seedModels`, without `acme/`. Absent: `steady`. */
  readonly model?: keyof typeof seedModels
  readonly body: JsonObject
  /** Request properties that reach the upstream unchanged. */
  readonly arrives?: readonly string[]
  /** Request properties that only the gateway uses. They must not appear in the upstream's request. */
  readonly stays?: readonly string[]
  /** Request properties that the upstream receives in another form: the values at certain places in its request. */
  readonly becomes?: Readonly<Record<string, { readonly at: string; readonly value: unknown }>>
  /** Request properties that affect the reply. */
  readonly shows?: Readonly<Record<string, { readonly at: string; readonly value: unknown }>>
  /** Properties of the reply, with their values. */
  readonly gives?: Readonly<Record<string, unknown>>
  /** Properties of the reply that the document allows and the gateway never sends. */
  readonly withholds?: readonly string[]
}

const at = (provider: string, model: string, more: object = {}) => ({
  provider,
  model,
  pricing: { prompt: 1, completion: 2 },
  ...more,
})
const operations = ['chat', 'completions']

/** `scripted` is an upstream with replies that no behaviour of the simulator produces. */
export const seedModels = {
  steady: { endpoints: [at('prov-a', 'steady', { operations })] },
  down: { endpoints: [at('prov-a', 'status-503')] },
  media: {
    input_modalities: ['text', 'image', 'audio', 'video'],
    output_modalities: ['text', 'image'],
    endpoints: [at('prov-a', 'steady')],
  },
  thinks: { endpoints: [at('prov-a', 'reasoning')] },
  refuses: { endpoints: [at('prov-a', 'refusal')] },
  scripted: { endpoints: [at('scripted', 'scripted')] },
}

export const scriptedToken = {
  token: 'No',
  logprob: -0.1,
  bytes: [78, 111],
  top_logprobs: [{ token: 'No', logprob: -0.1, bytes: null }],
}

/** A reply with everything in the document that the simulator never sends. */
export const scriptedReply: JsonObject = {
  id: 'upstream-1',
  object: 'chat.completion',
  created: 1,
  model: 'scripted',
  system_fingerprint: 'fp_1',
  service_tier: 'standard',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: { content: [scriptedToken], refusal: [scriptedToken] },
      message: {
        role: 'assistant',
        name: 'bot',
        content: [
          { type: 'text', text: 'Yes ' },
          { type: 'text', text: 'and ' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          { type: 'input_video', video_url: { url: 'https://example.com/a.mp4' } },
          { type: 'text', text: 'no' },
        ],
        refusal: 'No',
      },
    },
  ],
  usage: {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 10, audio_tokens: 20, video_tokens: 30 },
    completion_tokens_details: {
      reasoning_tokens: 5,
      audio_tokens: 6,
      accepted_prediction_tokens: 7,
      rejected_prediction_tokens: 8,
    },
  },
}

/** Prefixes the paths. */
export const below = (start: string, names: string): readonly string[] => names.split(' ').map((name) => start + name)

/** The five formats of a reply, in both operations. */
export const formatCases = (address: SeedCase['address'], prompt: JsonObject): readonly SeedCase[] =>
  [
    [{ type: 'text' }, 'type'],
    [{ type: 'json_object' }, 'type'],
    [{ type: 'python' }, 'type'],
    [{ type: 'grammar', grammar: 'root ::= "a"' }, 'type grammar'],
    [
      { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true } },
      'type json_schema json_schema.name json_schema.description json_schema.schema json_schema.strict',
    ],
  ].map(([format, names]) => {
    const { type } = Object(format)
    return {
      title: `${address}: response_format ${type}`,
      address,
      body: { ...prompt, response_format: format },
      arrives: ['response_format', ...below(`response_format<${type}>.`, String(names))],
    }
  })

/** Values that are sent and must arrive, one for each property. */
export const plain = (address: SeedCase['address'], prompt: JsonObject, values: JsonObject): SeedCase => ({
  title: `${address}: ${Object.keys(values).join(', ')}`,
  address,
  body: { ...prompt, ...values },
  arrives: Object.keys(values),
})
