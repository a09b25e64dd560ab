import type { Answer } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import type { OutputItem } from './output-items.ts'
import type { ResponsesRequest } from './parse-responses-request.ts'

export interface ResponseIdentity {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly tier: string
}

/** Returns the response as the first event shows it. */
export const begunResponse = ({ id, created, model }: ResponseIdentity): object => ({
  id,
  object: 'response',
  created_at: created,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  model,
  output: [],
  service_tier: 'auto',
  store: false,
  usage: null,
})

/**
 * Returns the final response. A finish reason that a behaviour sets is the reason why the response is incomplete, unless it is a status.
 */
export function responseObject(
  request: ResponsesRequest,
  identity: ResponseIdentity,
  items: readonly OutputItem[],
  answer: Answer,
  settings: ReplySettings,
): object {
  const finish = settings.finish ?? answer.choices[0]?.finish ?? 'stop'
  const completed = ['stop', 'tool_calls', 'completed'].includes(finish)
  return {
    ...begunResponse(identity),
    status: settings.noFinish ? 'in_progress' : completed ? 'completed' : 'incomplete',
    incomplete_details: completed ? null : { reason: finish === 'length' ? 'max_output_tokens' : finish },
    output: items.map(({ item }) => item),
    service_tier: identity.tier,
    usage: settings.noUsage ? null : responseUsage(request, answer),
    ...(!request.isXai &&
      answer.usage.searches > 0 && { tool_usage: { web_search: { num_requests: answer.usage.searches } } }),
  }
}

const responseUsage = ({ isXai }: ResponsesRequest, { usage }: Answer): object => ({
  input_tokens: usage.prompt,
  input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
  output_tokens: usage.completion,
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: usage.prompt + usage.completion,
  ...(isXai && {
    num_sources_used: 0,
    num_server_side_tools_used: usage.searches,
    server_side_tool_usage_details: { web_search_calls: usage.searches, x_search_calls: 0, code_interpreter_calls: 0 },
  }),
})
