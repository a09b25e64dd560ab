import { describe, expect, test } from 'vitest'
import { chatRequestRules } from '../../gateway-fields/schema/request-rules.ts'
import { compileValidator } from '../../schema/validate.ts'
import { ChatCompletionsRequestSchema } from './request.ts'

const validate = compileValidator(ChatCompletionsRequestSchema, chatRequestRules)
const messages = [{ role: 'user', content: 'hi' }]

const repeat = (length: number): string => 'x'.repeat(length)
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'v']))
const list = (count: number): string[] => Array.from({ length: count }, () => 'x')

const jsonSchema = (json_schema: object) => ({ response_format: { type: 'json_schema', json_schema } })
const named = (name: string) => ({ tools: [{ type: 'function', function: { name } }] })
const plugin = (settings: object) => ({ plugins: [settings] })
const halt = (condition: object) => ({ stop_server_tools_when: [condition] })
const tool = (type: string, settings: object = {}) => ({ tools: [{ type, ...settings }] })

/** Row or section of the contract, the fields, and for a refusal the path of the first issue. */
const accepted: readonly (readonly [string, object])[] = [
  [
    'contract row 7: boundaries of sampling',
    { temperature: 2, top_p: 0, frequency_penalty: -2, presence_penalty: 2, min_p: 1, top_a: 0 },
  ],
  [
    'contract row 7: the other boundaries',
    { temperature: 0, top_p: 1, frequency_penalty: 2, presence_penalty: -2, top_k: 0, repetition_penalty: 0 },
  ],
  ['contract row 7: 20 top_logprobs', { logprobs: true, top_logprobs: 20 }],
  ['contract §1.1: no alternatives, as the AI SDK sends', { logprobs: true, top_logprobs: 0 }],
  ['contract row 7: 4 stops', { stop: list(4) }],
  ['contract row 7: 16 pairs', { metadata: pairs(16) }],
  ['contract row 7: longest key and value', { metadata: { [repeat(64)]: repeat(512) } }],
  ['contract row 7: characters are code points', { metadata: { k: '😀'.repeat(512) }, session_id: '😀'.repeat(256) }],
  ['contract row 7: longest session_id', { session_id: repeat(256) }],
  [
    'contract row 8: nulls',
    {
      temperature: null,
      top_p: null,
      seed: null,
      stop: null,
      logit_bias: null,
      max_tokens: null,
      stream_options: null,
    },
  ],
  ['contract row 8: nulls inside reasoning', { reasoning: { effort: null, summary: null } }],
  [
    'contract §0.7: null is absent where the published schema has none',
    { stream: null, tools: null, metadata: null, models: null, plugins: null, modalities: null, reasoning: null },
  ],
  [
    'contract §0.7: null is absent, continued',
    {
      response_format: null,
      session_id: null,
      tool_choice: null,
      trace: null,
      user: null,
      cache_control: null,
      debug: null,
    },
  ],
  [
    'contract §0.7: null is absent, continued',
    { image_config: null, stop_server_tools_when: null, provider: null, model: null },
  ],
  ['contract §10.36: 5.0 is an integer', { seed: JSON.parse('5.0'), max_tokens: JSON.parse('1.0') }],
  ['contract row 11: text', { response_format: { type: 'text' } }],
  ['contract row 11: json_object', { response_format: { type: 'json_object' } }],
  ['contract row 11: json_schema', jsonSchema({ name: repeat(64), strict: null, schema: {} })],
  ['contract row 11: grammar', { response_format: { type: 'grammar', grammar: 'root ::= "a"' } }],
  ['contract row 11: python', { response_format: { type: 'python' } }],
  ['contract row 12: tool_choice auto', { tool_choice: 'auto' }],
  ['contract row 12: tool_choice named', { tool_choice: { type: 'function', function: { name: 'f' } } }],
  ['contract §1.1: tool_choice of a server tool', { tool_choice: { type: 'web_search_preview' } }],
  ['contract row 15: unknown top-level key', { foo: 1, safe_prompt: true, n: 2 }],
  [
    'contract row 16: every key of provider null',
    { provider: { order: null, sort: null, max_price: null, zdr: null } },
  ],
  [
    'contract §1.2: prices as numbers and strings',
    { provider: { max_price: { prompt: 0, completion: '0.5', request: '1e-6' } } },
  ],
  [
    'contract §1.2: percentiles',
    { provider: { preferred_max_latency: { p50: 1, p99: null }, preferred_min_throughput: 50 } },
  ],
  ['contract §1.2: sort object', { provider: { sort: { by: null, partition: 'none' } } }],
  ['contract row 22: equal efforts', { reasoning_effort: 'low', reasoning: { effort: 'low' } }],
  ['contract §1.6: a budget alone', { reasoning: { max_tokens: 0 } }],
  [
    'contract row 24: each condition',
    {
      stop_server_tools_when: [
        { type: 'step_count_is', step_count: 3 },
        { type: 'max_cost', max_cost_in_dollars: 0.5 },
      ],
    },
  ],
  ['contract §1.1: max_tool_calls above 30 is clamped later', { max_tool_calls: 31 }],
  ['contract §1.1: an invalid x_search_filter is dropped later', { x_search_filter: 'x' }],
  ['contract §1.1: trace with extra keys', { trace: { trace_id: 'a', customer: 5 } }],
  ['contract §1.1: middle-out', { transforms: ['middle-out'] }],
  ['contract §10.8: fast', { service_tier: 'fast', speed: 'fast' }],
  ['contract §1.3: web', plugin({ id: 'web', max_results: 25, user_location: { type: 'approximate', city: 'Paris' } })],
  ['contract §1.3: unknown settings of a plugin', plugin({ id: 'moderation', new_setting: 1 })],
  [
    'contract §1.4: extra keys of a function',
    { tools: [{ type: 'function', function: { name: 'f' }, eager_input_streaming: true }] },
  ],
  ['contract §1.4: arguments beside type', tool('openrouter:web_search', { max_results: 3 })],
  ['contract §1.4: arguments inside parameters', tool('web_search', { parameters: { max_results: 25 } })],
  [
    'contract §1.4: advisors with names of their own',
    { tools: [{ type: 'openrouter:advisor' }, { type: 'openrouter:advisor', parameters: { name: 'lawyer' } }] },
  ],
]

const refused: readonly (readonly [string, object, string])[] = [
  ['contract row 7: temperature above', { temperature: 2.1 }, 'temperature'],
  ['contract row 7: temperature below', { temperature: -0.1 }, 'temperature'],
  ['contract row 7: top_p above', { top_p: 1.2 }, 'top_p'],
  ['contract row 7: frequency_penalty above', { frequency_penalty: 3 }, 'frequency_penalty'],
  ['contract row 7: presence_penalty below', { presence_penalty: -2.5 }, 'presence_penalty'],
  ['contract row 7: 21 top_logprobs', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
  ['contract row 7: 5 stops', { stop: list(5) }, 'stop'],
  ['contract row 7: 17 pairs', { metadata: pairs(17) }, 'metadata'],
  ['contract row 7: a 65-character key', { metadata: { [repeat(65)]: 'v' } }, `metadata.${repeat(40)}…`],
  ['contract row 7: a 513-character value', { metadata: { k: repeat(513) } }, 'metadata.k'],
  ['contract row 7: a number as value', { metadata: { k: 1 } }, 'metadata.k'],
  ['contract row 7: a limit does not end at a line break', { metadata: { 'a\nb': 1 } }, 'metadata.a?b'],
  ['contract row 7: session_id of 257', { session_id: repeat(257) }, 'session_id'],
  ['contract §1.1: top_k below', { top_k: -1 }, 'top_k'],
  ['contract §1.1: a fraction where an integer is due', { seed: 5.5 }, 'seed'],
  ['contract §1.1: max_tokens 0', { max_tokens: 0 }, 'max_tokens'],
  ['contract §1.1: max_completion_tokens 0.5', { max_completion_tokens: 0.5 }, 'max_completion_tokens'],
  ['contract §1.1: a number beyond all numbers', { temperature: JSON.parse('1e999') }, 'temperature'],
  ['contract §1.1: logit_bias of text', { logit_bias: { 50256: 'x' } }, 'logit_bias.50256'],
  ['contract §1.1: logit_bias above', { logit_bias: { 50256: 101 } }, 'logit_bias.50256'],
  ['contract §1.1: top_logprobs alone', { top_logprobs: 1 }, 'top_logprobs'],
  ['contract §1.1: logprobs as a count', { logprobs: 2 }, 'logprobs'],
  ['contract §1.1: model as number', { model: 5 }, 'model'],
  ['contract §1.1: models with a number', { models: ['a/b', 5] }, 'models[1]'],
  ['contract §1.1: stream as text', { stream: 'true' }, 'stream'],
  ['contract §1.1: stop with a number', { stop: [5] }, 'stop[0]'],
  ['contract §1.1: user as number', { user: 5 }, 'user'],
  ['contract §1.1: trace_id as number', { trace: { trace_id: 5 } }, 'trace.trace_id'],
  ['contract §1.1: unknown transform', { transforms: ['top-in'] }, 'transforms[0]'],
  ['contract §1.1: unknown modality', { modalities: ['text', 'smell'] }, 'modalities[1]'],
  ['contract §1.1: unknown tier', { service_tier: 'slow' }, 'service_tier'],
  ['contract §1.1: unknown speed', { speed: 'slow' }, 'speed'],
  ['contract §1.1: unknown verbosity', { verbosity: 'loud' }, 'verbosity'],
  ['contract §1.1: bad ttl', { cache_control: { type: 'ephemeral', ttl: '2h' } }, 'cache_control.ttl'],
  ['contract §1.1: bad cache_control', { cache_control: { type: 'eternal' } }, 'cache_control.type'],
  [
    'contract §1.1: bad prompt_cache_options',
    { prompt_cache_options: { mode: 'implicit' } },
    'prompt_cache_options.mode',
  ],
  ['contract §1.1: prediction of another type', { prediction: { type: 'x', content: '' } }, 'prediction.type'],
  ['contract §1.1: debug as boolean', { debug: true }, 'debug'],
  ['contract §1.1: max_tool_calls 0', { max_tool_calls: 0 }, 'max_tool_calls'],
  ['contract row 11: json_schema missing', { response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  ['contract row 11: name missing', jsonSchema({}), 'response_format.json_schema.name'],
  ['contract row 11: name too long', jsonSchema({ name: repeat(65) }), 'response_format.json_schema.name'],
  ['contract row 11: name with a space', jsonSchema({ name: 'a b' }), 'response_format.json_schema.name'],
  ['contract row 11: grammar missing', { response_format: { type: 'grammar' } }, 'response_format.grammar'],
  ['contract row 11: type xml', { response_format: { type: 'xml' } }, 'response_format.type'],
  ['contract row 12: tool_choice maybe', { tool_choice: 'maybe' }, 'tool_choice'],
  ['contract row 12: tool_choice without a function', { tool_choice: { type: 'function' } }, 'tool_choice.function'],
  [
    'contract row 12: tool_choice without a name',
    { tool_choice: { type: 'function', function: {} } },
    'tool_choice.function.name',
  ],
  ['contract row 12: tool_choice of an unknown tool', { tool_choice: { type: 'openrouter:bash' } }, 'tool_choice.type'],
  ['contract row 16: unknown key of provider', { provider: { bogus: true } }, 'provider.bogus'],
  [
    'contract §1.2: options of a provider that are none',
    { provider: { options: { groq: 1 } } },
    'provider.options.groq',
  ],
  ['contract §1.2: unknown quantization', { provider: { quantizations: ['fp5'] } }, 'provider.quantizations[0]'],
  ['contract §1.2: unknown sort', { provider: { sort: 'speed' } }, 'provider.sort'],
  ['contract §1.2: unknown partition', { provider: { sort: { partition: 'x' } } }, 'provider.sort.partition'],
  ['contract §10.11: negative price', { provider: { max_price: { prompt: -1 } } }, 'provider.max_price.prompt'],
  [
    'contract §10.11: negative price as text',
    { provider: { max_price: { prompt: '-1' } } },
    'provider.max_price.prompt',
  ],
  ['contract §10.11: NaN', { provider: { max_price: { prompt: 'NaN' } } }, 'provider.max_price.prompt'],
  [
    'contract row 22: efforts that differ',
    { reasoning_effort: 'low', reasoning: { effort: 'high' } },
    'reasoning_effort',
  ],
  ['contract §10.1: unknown effort', { reasoning: { effort: 'huge' } }, 'reasoning.effort'],
  ['contract §10.10: effort and budget', { reasoning: { effort: 'low', max_tokens: 100 } }, 'reasoning.max_tokens'],
  [
    'contract §10.10: shorthand and budget',
    { reasoning_effort: 'low', reasoning: { max_tokens: 100 } },
    'reasoning.max_tokens',
  ],
  ['contract row 23: unknown route', { route: 'x' }, 'route'],
  ['contract row 24: no condition', { stop_server_tools_when: [] }, 'stop_server_tools_when'],
  ['contract row 24: unknown condition', halt({ type: 'never' }), 'stop_server_tools_when[0].type'],
  [
    'contract row 24: condition without its value',
    halt({ type: 'step_count_is' }),
    'stop_server_tools_when[0].step_count',
  ],
  [
    'contract §1.5: empty tool name',
    halt({ type: 'has_tool_call', tool_name: '' }),
    'stop_server_tools_when[0].tool_name',
  ],
  ['contract §1.3: unknown plugin', plugin({ id: 'nope' }), 'plugins[0].id'],
  ['contract §1.3: plugin without id', plugin({}), 'plugins[0].id'],
  ['contract §1.3: 26 results', plugin({ id: 'web', max_results: 26 }), 'plugins[0].max_results'],
  [
    'contract §1.3: trade-off of 11',
    plugin({ id: 'auto-router', cost_quality_tradeoff: 11 }),
    'plugins[0].cost_quality_tradeoff',
  ],
  [
    'contract §1.3: too many patterns',
    plugin({ id: 'auto-router', allowed_models: list(1025) }),
    'plugins[0].allowed_models',
  ],
  [
    'contract §1.3: patterns too long together',
    plugin({ id: 'auto-router', excluded_models: Array.from({ length: 65 }, () => repeat(1024)) }),
    'plugins[0].excluded_models',
  ],
  ['contract §1.3: panel of 9', plugin({ id: 'fusion', analysis_models: list(9) }), 'plugins[0].analysis_models'],
  ['contract §1.4: function without name', { tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
  ['contract §1.4: function name too long', named(repeat(65)), 'tools[0].function.name'],
  ['contract §10.33: bash', tool('openrouter:bash'), 'tools[0].type'],
  ['contract §1.4: shell', tool('openrouter:shell'), 'tools[0].type'],
  ['contract §1.4: apply_patch', tool('openrouter:apply_patch'), 'tools[0].type'],
  ['contract §1.4: tool_search', tool('openrouter:tool_search'), 'tools[0].type'],
  ['contract §1.4: unknown tool', tool('magic'), 'tools[0].type'],
  ['contract §1.4: 26 results beside type', tool('web_search', { max_results: 26 }), 'tools[0].max_results'],
  [
    'contract §1.4: 26 results inside parameters',
    tool('openrouter:web_search', { parameters: { max_results: 26 } }),
    'tools[0].parameters.max_results',
  ],
  [
    'contract §1.4: two advisors without name',
    { tools: [{ type: 'openrouter:advisor' }, { type: 'openrouter:advisor' }] },
    'tools[1]',
  ],
  [
    'contract §1.4: a subagent of a subagent',
    tool('openrouter:subagent', { parameters: { tools: [{ type: 'openrouter:subagent' }] } }),
    'tools[0]',
  ],
  [
    'contract §1.4: a function in a subagent',
    tool('openrouter:subagent', { parameters: { tools: [{ type: 'function' }] } }),
    'tools[0].parameters.tools[0].type',
  ],
  ['contract §1.4: inheriting functions', tool('openrouter:subagent', { inherit_functions: true }), 'tools[0]'],
]

describe('a chat request', () => {
  test.each(accepted)('%s: is accepted', (_, fields) => {
    expect(validate({ messages, ...fields })).toMatchObject({ ok: true })
  })

  test.each(refused)('%s: is refused', (_, fields, path) => {
    expect(validate({ messages, ...fields })).toMatchObject({ ok: false, issues: [{ path }] })
  })

  test.each([
    ['missing', undefined, 'is required'],
    ['empty', [], 'must not be empty'],
    ['null', null, 'must be an array, got null'],
    ['a string', 'hi', 'must be an array, got a string'],
  ])('contract row 4: messages %s', (_, messages, message) => {
    expect(validate({ messages })).toEqual({ ok: false, issues: [{ path: 'messages', message }] })
  })

  test.each([[null], [[]], ['text'], [5]])('contract row 6: a body that is %j is no request', (body) => {
    expect(validate(body)).toMatchObject({ ok: false, issues: [{ path: '' }] })
  })
})
