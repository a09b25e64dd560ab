import { expect } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { below, formatCases, plain, scriptedToken, type SeedCase } from './seed-case.ts'

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

const partPaths = (role: string): readonly string[] =>
  below(
    `messages[]<${role}>.content[]`,
    '<text>.type <text>.text <image_url>.type <image_url>.image_url <image_url>.image_url.url <image_url>.image_url.detail <input_audio>.type <input_audio>.input_audio <input_audio>.input_audio.data <input_audio>.input_audio.format <input_video>.type <input_video>.video_url <input_video>.video_url.url',
  )

const messages = [user]

export const chatCases: readonly SeedCase[] = [
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
    // An upstream of which nothing is known may not accept the role.
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
      tools: [{ type: 'function', function: { name: 'f' } }],
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
    becomes: { max_tokens: { at: 'max_completion_tokens', value: [3] } },
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
    // `reasoning_effort` has no value for it.
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
      model: 'openrouter/auto',
      messages,
      plugins: [{ id: 'auto-router', enabled: true, allowed_models: ['*/thinks'], cost_quality_tradeoff: 7 }],
    },
    stays: ['plugins'],
    shows: { plugins: { at: 'model', value: ['acme/thinks'] } },
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
    title: 'reasoning',
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
    title: 'everything an upstream may send',
    address: chat,
    model: 'scripted',
    body: { messages },
    gives: {
      system_fingerprint: ['fp_1'],
      service_tier: ['default'],
      'choices[].message.content': ['Yes and no'],
      'choices[].logprobs.content': [[scriptedToken]],
      'choices[].logprobs.refusal': [[scriptedToken]],
      'choices[].logprobs.refusal[].token': ['No'],
      'choices[].logprobs.refusal[].logprob': [-0.1],
      'choices[].logprobs.refusal[].bytes': [[78, 111]],
      'choices[].logprobs.refusal[].top_logprobs': [scriptedToken.top_logprobs],
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
    // The content of an answer is one text or null, because clients cannot decode parts there (contract §3.3). An answer has no name
    // either.
    withholds: [
      ...partPaths('user').map((path) => path.replace('messages[]<user>', 'choices[].message')),
      'choices[].message.name',
    ],
  },
]
