import type { FinishReason } from '../../canonical/generation-event.ts'
import { oneWord } from '../../util/one-word.ts'

/**
 * The finish reasons of upstreams, in lower case, as one of our five (contract §3.2). An unknown reason counts as `stop`. Sources: OpenAI,
 * Anthropic, Cohere and Bedrock by their API references; https://ai.google.dev/api/generate-content#FinishReason;
 * `insufficient_system_resource` of https://api-docs.deepseek.com/api/create-chat-completion; `sensitive` and `network_error` of
 * https://docs.z.ai/api-reference/llm/chat-completion; `abort` of vLLM and SGLang, which means that they broke the answer off.
 */
const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  continuation: 'length',
  tool_call: 'tool_calls',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  refusal: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  spii: 'content_filter',
  image_safety: 'content_filter',
  image_prohibited_content: 'content_filter',
  image_recitation: 'content_filter',
  model_armor: 'content_filter',
  jailbreak: 'content_filter',
  error: 'error',
  abort: 'error',
  network_error: 'error',
  insufficient_system_resource: 'error',
  malformed_function_call: 'error',
  unexpected_tool_call: 'error',
  too_many_tool_calls: 'error',
  missing_thought_signature: 'error',
  malformed_response: 'error',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
}

/**
 * Returns the finish reason in our terms. An answer that called tools has `tool_calls`, whatever the upstream reports, unless it was cut or
 * failed. An answer without calls never has it: a client that waits for calls would repeat its request without end.
 */
export function normaliseFinish(native: string, calledTools: boolean): FinishReason {
  const word = native.toLowerCase()
  const reason = Object.hasOwn(reasons, word) ? (reasons[word] ?? 'stop') : 'stop'
  return reason === 'stop' || reason === 'tool_calls' ? (calledTools ? 'tool_calls' : 'stop') : reason
}

/** Returns the error message for an empty answer, with the finish reason where the upstream gave an unusual one. */
export function emptyAnswer(native: string | undefined, why?: string): string {
  const isUsual = native === undefined || usual.has(native.toLowerCase())
  // More than one word may be a quotation of the prompt, which must not be recorded.
  if (isUsual || oneWord(native) === null) return 'The provider sent an empty answer.'
  return `The provider sent an empty answer. Its finish reason is ${native}${why === undefined ? '.' : `: ${why}`}`
}

const usual = new Set(['stop', 'eos', 'end_turn', 'complete', 'completed'])
