import type { FinishReason } from '../../canonical/generation-event.ts'

/** What upstreams call the end of an answer, in our five words (contract §3.2). A word not listed counts as `stop`. */
const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  STOP: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  tool_use: 'tool_calls',
  TOOL_CALL: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  refusal: 'content_filter',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  JAILBREAK: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  MALFORMED_RESPONSE: 'error',
  error: 'error',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
}

/** Where tools were called the answer ended for them, whatever the upstream says, unless it was cut or failed. */
export function normaliseFinish(native: string, calledTools: boolean): FinishReason {
  const reason = Object.hasOwn(reasons, native) ? (reasons[native] ?? 'stop') : 'stop'
  return calledTools && reason === 'stop' ? 'tool_calls' : reason
}
