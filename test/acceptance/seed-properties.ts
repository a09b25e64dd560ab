import { expect } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
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
  /** Request properties of a feature that does not exist yet: refused with a 400 that has this word. */
  readonly refuses?: Readonly<Record<string, string>>
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
  calls: { endpoints: [at('prov-a', 'tool-call')] },
  thinks: { endpoints: [at('prov-a', 'reasoning')] },
  refuses: { endpoints: [at('prov-a', 'refusal')] },
  scripted: { endpoints: [at('scripted', 'scripted')] },
}

const token = {
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
      logprobs: { content: [token], refusal: [token] },
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

const chat = '/chat/completions'
const user = { role: 'user', content: 'hi' }
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } }
const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }
const video = { type: 'input_video', video_url: { url: 'https://example.com/a.mp4' } }
const text = { type: 'text', text: 'look' }
const tool = {
  type: 'function',
  function: {
    name: 'f',
    description: 'A function.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    strict: true,
  },
}

/** Paths that share a beginning. */
const below = (start: string, names: string): readonly string[] => names.split(' ').map((name) => start + name)

const partPaths = (role: string): readonly string[] =>
  below(
    `messages[]<${role}>.content[]`,
    '<text>.type <text>.text <image_url>.type <image_url>.image_url <image_url>.image_url.url <image_url>.image_url.detail <input_audio>.type <input_audio>.input_audio <input_audio>.input_audio.data <input_audio>.input_audio.format <input_video>.type <input_video>.video_url <input_video>.video_url.url',
  )

const formatCases = (address: SeedCase['address'], prompt: JsonObject): readonly SeedCase[] =>
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
const plain = (address: SeedCase['address'], prompt: JsonObject, values: JsonObject): SeedCase => ({
  title: `${address}: ${Object.keys(values).join(', ')}`,
  address,
  body: { ...prompt, ...values },
  arrives: Object.keys(values),
})

const messages = [user]
const prompt = 'Once upon a time'

export const seedCases: readonly SeedCase[] = [
  {
    title: 'system messages',
    address: chat,
    body: {
      messages: [{ role: 'system', content: 'Be short.', name: 'rules' }, { role: 'system', content: [text] }, user],
    },
    arrives: below('messages[]<system>', '.role .content .content[].type .content[].text .name'),
  },
  {
    title: 'developer messages',
    address: chat,
    body: {
      messages: [
        { role: 'developer', content: 'Use tools.', name: 'dev' },
        { role: 'developer', content: [text] },
        user,
      ],
    },
    // An upstream that nobody described may not know the role.
    becomes: {
      'messages[]<developer>.role': { at: 'messages[].role', value: ['system', 'system', 'user'] },
      'messages[]<developer>.content': { at: 'messages[].content', value: ['Use tools.', [text], 'hi'] },
      'messages[]<developer>.content[].type': { at: 'messages[].content[].type', value: ['text'] },
      'messages[]<developer>.content[].text': { at: 'messages[].content[].text', value: ['look'] },
      'messages[]<developer>.name': { at: 'messages[].name', value: ['dev'] },
    },
  },
  {
    title: 'every part in user, assistant and tool messages',
    address: chat,
    model: 'media',
    body: {
      messages: [
        { role: 'user', content: [text, image, audio, video], name: 'alan' },
        {
          role: 'assistant',
          content: [text, image, audio, video],
          name: 'bot',
          refusal: 'no',
          reasoning: 'hm',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', content: [text, image, audio, video], tool_call_id: 'c1' },
      ],
    },
    arrives: [
      'messages',
      ...['user', 'assistant', 'tool'].flatMap((role) => [
        ...below(`messages[]<${role}>`, '.role .content'),
        ...partPaths(role),
      ]),
      ...below(
        'messages[]',
        '<user>.name <assistant>.name <tool>.tool_call_id <assistant>.refusal <assistant>.reasoning <assistant>.tool_calls',
      ),
      ...below('messages[]<assistant>.tool_calls[].', 'id type function function.name function.arguments'),
    ],
  },
  {
    title: 'model and models',
    address: chat,
    model: 'down',
    body: { messages, models: ['acme/steady'] },
    becomes: { model: { at: 'model', value: ['steady'] } },
    shows: { models: { at: 'model', value: ['acme/steady'] } },
    gives: { model: ['acme/steady'] },
  },
  plain(chat, { messages }, { temperature: 0.7, top_p: 0.9, top_k: 40, min_p: 0.1, top_a: 0.2 }),
  plain(
    chat,
    { messages },
    {
      frequency_penalty: -2,
      presence_penalty: 2,
      repetition_penalty: 1.1,
      logit_bias: { 50256: -100 },
      seed: 42,
      stop: ['\n'],
    },
  ),
  plain(
    chat,
    { messages },
    {
      stop: 'END',
      parallel_tool_calls: true,
      image_config: { aspect_ratio: '16:9', quality: 'high' },
      service_tier: 'auto',
    },
  ),
  { ...plain(chat, { messages }, { modalities: ['text', 'image'] }), model: 'media' },
  {
    title: 'max_completion_tokens and max_tokens',
    address: chat,
    body: { messages, max_completion_tokens: 3, max_tokens: 9 },
    becomes: { max_completion_tokens: { at: 'max_tokens', value: [3] }, max_tokens: { at: 'max_tokens', value: [3] } },
    shows: { max_completion_tokens: { at: 'choices[].message.content', value: [simulatedText(3)] } },
    gives: { 'choices[].finish_reason': ['length'] },
  },
  {
    title: 'reasoning',
    address: chat,
    body: { messages, reasoning: { effort: 'high', summary: 'concise' } },
    becomes: {
      reasoning: { at: 'reasoning_effort', value: ['high'] },
      'reasoning.effort': { at: 'reasoning_effort', value: ['high'] },
    },
    // `reasoning_effort` has no word for it.
    stays: ['reasoning.summary'],
  },
  {
    title: 'reasoning_effort',
    address: chat,
    body: { messages, reasoning_effort: 'medium' },
    arrives: ['reasoning_effort'],
  },
  ...formatCases(chat, { messages }),
  {
    title: 'tools and a named choice',
    address: chat,
    body: { messages, tools: [tool], tool_choice: { type: 'function', function: { name: 'f' } } },
    arrives: [
      'tools',
      ...below('tools[].', 'type function function.name function.description function.parameters function.strict'),
      ...below('tool_choice<function>.', 'type function function.name'),
    ],
    gives: {
      'choices[].finish_reason': ['tool_calls'],
      'choices[].message.tool_calls': [expect.any(Array)],
      'choices[].message.tool_calls[].id': [expect.stringMatching(/./)],
      'choices[].message.tool_calls[].type': ['function'],
      'choices[].message.tool_calls[].function': [expect.any(Object)],
      'choices[].message.tool_calls[].function.name': ['f'],
      'choices[].message.tool_calls[].function.arguments': [expect.stringMatching(/^\{.*\}$/)],
    },
  },
  {
    title: 'tool_choice auto',
    address: chat,
    body: { messages, tools: [tool], tool_choice: 'auto' },
    arrives: ['tool_choice'],
  },
  {
    title: 'what describes the request',
    address: chat,
    headers: { 'x-openrouter-metadata': 'enabled' },
    body: {
      messages,
      user: 'user-123',
      metadata: { session_id: 'session-456' },
      session_id: 's',
      trace: { trace_id: 'trace-abc123', trace_name: 'my-app-trace' },
      debug: { echo_upstream_body: true },
      cache_control: { type: 'ephemeral' },
      provider: { allow_fallbacks: true },
      route: 'fallback',
      stop_server_tools_when: [{ step_count: 5, type: 'step_count_is' }],
    },
    stays: ['metadata', 'session_id', 'trace', 'debug', 'cache_control', 'provider', 'route', 'stop_server_tools_when'],
    becomes: { user: { at: 'user', value: [expect.not.stringContaining('user-123')] } },
    shows: { 'X-OpenRouter-Metadata': { at: 'openrouter_metadata.attempt', value: [1] } },
    gives: { openrouter_metadata: [expect.objectContaining({ requested: 'acme/steady' })] },
  },
  {
    title: 'plugins',
    address: chat,
    body: {
      messages,
      plugins: [{ id: 'auto-router', enabled: true, allowed_models: ['anthropic/*'], cost_quality_tradeoff: 7 }],
    },
    refuses: { plugins: 'auto-router' },
  },
  {
    title: 'a stream',
    address: chat,
    body: { messages, stream: true, stream_options: { include_usage: true } },
    arrives: ['stream', 'stream_options', 'stream_options.include_usage'],
  },
  {
    title: 'logprobs',
    address: chat,
    body: { messages, logprobs: true, top_logprobs: 1, max_tokens: 1 },
    arrives: ['logprobs', 'top_logprobs'],
    gives: {
      'choices[].logprobs': [{ content: expect.any(Array), refusal: null }],
      'choices[].logprobs.content[].token': ['The'],
      'choices[].logprobs.content[].logprob': [expect.any(Number)],
      'choices[].logprobs.content[].bytes': [[84, 104, 101]],
      'choices[].logprobs.content[].top_logprobs': [expect.any(Array)],
      'choices[].logprobs.content[].top_logprobs[].token': ['The'],
      'choices[].logprobs.content[].top_logprobs[].logprob': [expect.any(Number)],
      'choices[].logprobs.content[].top_logprobs[].bytes': [[84, 104, 101]],
    },
  },
  {
    title: 'a plain reply',
    address: chat,
    body: { messages },
    arrives: ['messages'],
    gives: {
      id: [expect.stringMatching(/^gen-/)],
      object: ['chat.completion'],
      created: [expect.any(Number)],
      model: ['acme/steady'],
      choices: [[expect.any(Object)]],
      'choices[].index': [0],
      'choices[].finish_reason': ['stop'],
      'choices[].message': [expect.any(Object)],
      'choices[].message.role': ['assistant'],
      'choices[].message.content': [simulatedText(12)],
      usage: [expect.any(Object)],
      'usage.prompt_tokens': [1],
      'usage.completion_tokens': [12],
      'usage.total_tokens': [13],
    },
  },
  {
    title: 'thoughts',
    address: chat,
    model: 'thinks',
    body: { messages },
    gives: { 'choices[].message.reasoning': ['First consider the question, then answer it.'] },
  },
  {
    title: 'a refusal',
    address: chat,
    model: 'refuses',
    body: { messages },
    gives: { 'choices[].message.refusal': ["I'm sorry, but I can't help with that."] },
  },
  {
    title: 'everything an upstream may say',
    address: chat,
    model: 'scripted',
    body: { messages },
    gives: {
      system_fingerprint: ['fp_1'],
      service_tier: ['default'],
      'choices[].message.content': ['Yes and no'],
      'choices[].logprobs.content': [[token]],
      'choices[].logprobs.refusal': [[token]],
      'choices[].logprobs.refusal[].token': ['No'],
      'choices[].logprobs.refusal[].logprob': [-0.1],
      'choices[].logprobs.refusal[].bytes': [[78, 111]],
      'choices[].logprobs.refusal[].top_logprobs': [token.top_logprobs],
      'choices[].logprobs.refusal[].top_logprobs[].token': ['No'],
      'choices[].logprobs.refusal[].top_logprobs[].logprob': [-0.1],
      'choices[].logprobs.refusal[].top_logprobs[].bytes': [null],
      'usage.prompt_tokens_details': [expect.any(Object)],
      'usage.prompt_tokens_details.cached_tokens': [10],
      'usage.prompt_tokens_details.audio_tokens': [20],
      'usage.prompt_tokens_details.video_tokens': [30],
      'usage.completion_tokens_details': [expect.any(Object)],
      'usage.completion_tokens_details.reasoning_tokens': [5],
      'usage.completion_tokens_details.audio_tokens': [6],
      'usage.completion_tokens_details.accepted_prediction_tokens': [7],
      'usage.completion_tokens_details.rejected_prediction_tokens': [8],
    },
    // An answer's content is one text or null: clients cannot decode parts there (contract §3.3). Nor does an answer have a name.
    withholds: [
      ...partPaths('user').map((path) => path.replace('messages[]<user>', 'choices[].message')),
      'choices[].message.name',
    ],
  },

  plain('/completions', {}, { prompt }),
  plain('/completions', { prompt }, { best_of: 2, n: 2, echo: true, suffix: 'The end.', logprobs: 2, max_tokens: 5 }),
  plain(
    '/completions',
    { prompt },
    {
      temperature: 0.7,
      top_p: 0.9,
      frequency_penalty: 1,
      presence_penalty: 1,
      logit_bias: { 50256: -100 },
      seed: 42,
      stop: ['\n'],
    },
  ),
  {
    title: '/completions: a stream',
    address: '/completions',
    body: { prompt, stream: true, stream_options: { include_usage: true } },
    arrives: ['stream', 'stream_options', 'stream_options.include_usage'],
  },
  {
    title: '/completions: what describes the request',
    address: '/completions',
    model: 'down',
    body: { prompt, models: ['acme/steady'], user: 'user-123', metadata: { a: 'b' } },
    stays: ['metadata'],
    becomes: {
      model: { at: 'model', value: ['steady'] },
      user: { at: 'user', value: [expect.not.stringContaining('user-123')] },
    },
    shows: { models: { at: 'model', value: ['acme/steady'] } },
  },
  ...formatCases('/completions', { prompt }),
  {
    title: '/completions: a reply',
    address: '/completions',
    body: { prompt, logprobs: 1, max_tokens: 2 },
    gives: {
      id: [expect.stringMatching(/^gen-/)],
      object: ['text_completion'],
      created: [expect.any(Number)],
      model: ['acme/steady'],
      system_fingerprint: ['fp_simulator'],
      choices: [[expect.any(Object)]],
      'choices[].text': [simulatedText(2)],
      'choices[].index': [0],
      'choices[].finish_reason': ['length'],
      'choices[].logprobs': [expect.any(Object)],
      'choices[].logprobs.tokens': [['The', ' river']],
      'choices[].logprobs.token_logprobs': [[expect.any(Number), expect.any(Number)]],
      'choices[].logprobs.top_logprobs': [[expect.any(Object), expect.any(Object)]],
      'choices[].logprobs.text_offset': [[0, 3]],
      usage: [expect.any(Object)],
      'usage.prompt_tokens': [4],
      'usage.completion_tokens': [2],
      'usage.total_tokens': [6],
    },
  },
]
