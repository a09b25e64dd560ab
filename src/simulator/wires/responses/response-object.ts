import type { Answer } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'
import type { OutputItem } from './output-items.ts'

export interface ResponseIdentity {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly tier: string
}

/** The response as its first event shows it. */
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

/** The response when it is over. A finish that a behaviour asks for is a reason why it is incomplete, unless it is a status. */
export function responseObject(
  identity: ResponseIdentity,
  items: readonly OutputItem[],
  answer: Answer,
  conduct: Conduct,
): object {
  const finish = conduct.finish ?? answer.choices[0]?.finish ?? 'stop'
  const completed = ['stop', 'tool_calls', 'completed'].includes(finish)
  return {
    ...begunResponse(identity),
    status: conduct.noFinish ? 'in_progress' : completed ? 'completed' : 'incomplete',
    incomplete_details: completed ? null : { reason: finish === 'length' ? 'max_output_tokens' : finish },
    output: items.map(({ item }) => item),
    service_tier: identity.tier,
    usage: conduct.noUsage ? null : responseUsage(answer),
  }
}

const responseUsage = ({ usage }: Answer): object => ({
  input_tokens: usage.prompt,
  input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
  output_tokens: usage.completion,
  output_tokens_details: { reasoning_tokens: usage.reasoning },
  total_tokens: usage.prompt + usage.completion,
})
