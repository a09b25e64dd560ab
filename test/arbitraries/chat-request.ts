import * as fc from 'fast-check'
import type { ChatCompletionsRequest } from '../../src/protocols/chat-completions/schema/request.ts'
import {
  asJson,
  cacheControl,
  identifier,
  reasoningEffort,
  reasoningFields,
  responseFormat,
  sharedFields,
  sometimes,
  text,
  word,
} from './request-fields.ts'

const flag = sometimes(fc.boolean())
const base64 = fc.base64String({ minLength: 4, maxLength: 16 })

const textPart = fc.record({ type: fc.constant('text' as const), text, cache_control: sometimes(cacheControl) })

const imagePart = fc.record({
  type: fc.constant('image_url' as const),
  image_url: fc.record({
    url: fc.oneof(
      fc.webUrl(),
      base64.map((data) => `data:image/png;base64,${data}`),
    ),
    detail: sometimes(fc.constantFrom('auto', 'low', 'high', 'original')),
  }),
})

const audioPart = fc.record({
  type: fc.constant('input_audio' as const),
  input_audio: fc.record({
    data: base64,
    format: fc.constantFrom('wav', 'mp3', 'flac', 'm4a', 'ogg', 'pcm16', 'pcm24'),
  }),
})

const videoPart = fc.record({
  type: fc.constantFrom('video_url', 'input_video'),
  video_url: fc.record({ url: fc.webUrl() }),
})

const filePart = fc.record({
  type: fc.constant('file' as const),
  file: fc.oneof(
    fc.record({ filename: sometimes(word), file_data: base64.map((data) => `data:application/pdf;base64,${data}`) }),
    fc.record({ filename: sometimes(word), file_id: word }),
  ),
})

const content = fc.oneof(
  text,
  fc.array(fc.oneof(textPart, imagePart, audioPart, videoPart, filePart), { minLength: 1, maxLength: 3 }),
)

const toolCall = fc.record({
  id: identifier,
  type: fc.constant('function' as const),
  function: fc.record({ name: identifier, arguments: fc.oneof(fc.json({ maxDepth: 1 }), text) }),
})

const reasoningDetail = fc.oneof(
  fc.record({
    type: fc.constant('reasoning.text' as const),
    text: sometimes(text),
    signature: sometimes(word),
    format: sometimes(word),
  }),
  fc.record({ type: fc.constant('reasoning.summary' as const), summary: text, index: fc.nat(9) }),
  fc.record({ type: fc.constant('reasoning.encrypted' as const), data: base64, id: sometimes(word) }),
)

const message = fc.oneof(
  fc.record({
    role: fc.constantFrom('system', 'developer'),
    content: fc.oneof(text, fc.array(textPart, { maxLength: 2 })),
    name: sometimes(word),
  }),
  fc.record({
    role: fc.constant('user' as const),
    content,
    name: sometimes(word),
    cache_control: sometimes(cacheControl),
  }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: sometimes(content),
    tool_calls: sometimes(fc.array(toolCall, { maxLength: 2 })),
    refusal: sometimes(text),
    reasoning: sometimes(text),
    reasoning_details: sometimes(fc.array(reasoningDetail, { maxLength: 2 })),
  }),
  fc.record({ role: fc.constant('tool' as const), content, tool_call_id: identifier }),
)

const functionTool = fc.record({
  type: fc.constant('function' as const),
  function: fc.record({
    name: identifier,
    description: sometimes(text),
    parameters: sometimes(fc.constant({ type: 'object', properties: {} })),
    strict: flag,
  }),
})

const webSearch = {
  max_results: sometimes(fc.integer({ min: 1, max: 25 })),
  search_context_size: sometimes(fc.constantFrom('low', 'medium', 'high')),
}

const serverTool = fc.oneof(
  fc.record({
    type: fc.constantFrom('openrouter:web_search', 'web_search', 'web_search_preview'),
    parameters: sometimes(fc.record(webSearch)),
  }),
  fc.record({ type: fc.constant('openrouter:web_search' as const), ...webSearch }),
  fc.record({
    type: fc.constant('openrouter:datetime' as const),
    parameters: sometimes(fc.record({ timezone: sometimes(fc.constant('Europe/Paris')) })),
  }),
)

const advisor = fc.record({
  type: fc.constant('openrouter:advisor' as const),
  parameters: fc.record({
    name: sometimes(word),
    reasoning: sometimes(fc.record({ effort: sometimes(reasoningEffort) })),
  }),
})

/** At most one advisor, because several need different names. */
const tools = fc
  .tuple(fc.array(fc.oneof(functionTool, serverTool), { maxLength: 3 }), fc.array(advisor, { maxLength: 1 }))
  .map((groups) => groups.flat())

const stopCondition = fc.oneof(
  fc.record({ type: fc.constant('step_count_is' as const), step_count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ type: fc.constant('has_tool_call' as const), tool_name: word }),
  fc.record({ type: fc.constant('max_tokens_used' as const), max_tokens: fc.nat(100_000) }),
  fc.record({
    type: fc.constant('max_cost' as const),
    max_cost_in_dollars: fc.double({ min: 0, max: 5, noNaN: true }),
  }),
  fc.record({ type: fc.constant('finish_reason_is' as const), reason: word }),
)

const logprobsFields = fc.oneof(
  fc.record({ logprobs: flag }),
  fc.record({ logprobs: fc.constant(true), top_logprobs: fc.integer({ min: 0, max: 20 }) }),
)

const chatFields = fc.record({
  ...sharedFields,
  messages: fc.array(message, { minLength: 1, maxLength: 5 }),
  max_tokens: sometimes(fc.integer({ min: 1, max: 4096 })),
  max_completion_tokens: sometimes(fc.integer({ min: 1, max: 4096 })),
  response_format: sometimes(responseFormat),
  structured_outputs: flag,
  tools: sometimes(tools),
  tool_choice: sometimes(
    fc.oneof(
      fc.constantFrom('none', 'auto', 'required'),
      fc.record({ type: fc.constant('function' as const), function: fc.record({ name: identifier }) }),
      fc.record({ type: fc.constant('openrouter:web_search' as const) }),
    ),
  ),
  parallel_tool_calls: flag,
  deferred_tools: sometimes(
    fc.record({
      protocol: fc.constant('v1' as const),
      profile: fc.constant('portable' as const),
      validation: fc.constant('runtime' as const),
      search: fc.record({ type: fc.constantFrom('bm25', 'regex'), max_results: sometimes(fc.integer({ min: 1 })) }),
    }),
  ),
  max_tool_calls: sometimes(fc.integer({ min: 1, max: 60 })),
  stop_server_tools_when: sometimes(fc.array(stopCondition, { minLength: 1, maxLength: 2 })),
  verbosity: sometimes(fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max')),
  prediction: sometimes(fc.record({ type: fc.constant('content' as const), content: text })),
  modalities: sometimes(fc.uniqueArray(fc.constantFrom('text', 'image', 'audio'), { minLength: 1 })),
  image_config: sometimes(fc.constant({ aspect_ratio: '16:9', quality: 1 })),
  cache_control: sometimes(cacheControl),
  prompt_cache_key: sometimes(word),
  prompt_cache_options: sometimes(fc.record({ mode: fc.constant('explicit' as const), ttl: sometimes(word) })),
  speed: sometimes(fc.constantFrom('fast', 'standard')),
  debug: sometimes(fc.record({ echo_upstream_body: flag })),
  x_search_filter: fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }),
  safe_prompt: flag,
})

/** Generates valid bodies of `POST /chat/completions`, as JSON has them: absent keys are missing. */
export const chatRequest: fc.Arbitrary<ChatCompletionsRequest> = asJson(
  fc.tuple(chatFields, reasoningFields, logprobsFields).map((parts) => Object.assign({}, ...parts)),
)
