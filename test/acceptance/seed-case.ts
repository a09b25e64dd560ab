import type { JsonObject } from '../../src/util/json.ts'

/** One exchange with a real gateway, and which properties of the published documents it exercises. */
export interface SeedCase {
  readonly title: string
  readonly address: '/chat/completions' | '/completions'
  readonly headers?: Readonly<Record<string, string>>
  /** A model of `seedModels`, without `acme/`; absent: `steady`. */
  readonly model?: keyof typeof seedModels
  readonly body: JsonObject
  /** Request properties that reach the upstream as they were sent. */
  readonly arrives?: readonly string[]
  /** Request properties that are the gateway's own business: no trace of them upstream. */
  readonly stays?: readonly string[]
  /** Request properties that the upstream gets in another form: what must stand where in its request. */
  readonly becomes?: Readonly<Record<string, { readonly at: string; readonly value: unknown }>>
  /** Request properties that show in what comes back. */
  readonly shows?: Readonly<Record<string, { readonly at: string; readonly value: unknown }>>
  /** Properties of the reply: what stands there. */
  readonly gives?: Readonly<Record<string, unknown>>
  /** Properties of the reply that the document allows and that are never given. */
  readonly withholds?: readonly string[]
}

const at = (provider: string, model: string, more: object = {}) => ({
  provider,
  model,
  pricing: { prompt: 1, completion: 2 },
  ...more,
})
const operations = ['chat', 'completions']

/** `scripted` is an upstream that says things which no behaviour of the simulator says. */
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

/** A reply with everything that the document knows and the simulator never says. */
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

/** Paths that share a beginning. */
export const below = (start: string, names: string): readonly string[] => names.split(' ').map((name) => start + name)

/** The five formats of a reply, on either address. */
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

/** Values that are sent and must arrive, one property each. */
export const plain = (address: SeedCase['address'], prompt: JsonObject, values: JsonObject): SeedCase => ({
  title: `${address}: ${Object.keys(values).join(', ')}`,
  address,
  body: { ...prompt, ...values },
  arrives: Object.keys(values),
})
