import { ApiError, send } from '../../api/call.ts'
import { readEvents } from '../../api/read-events.ts'
import { type Answer, noAnswer, type ToolCall } from './conversation.ts'

/** What the console reads of a chunk. Whatever else it has is left aside. */
interface Chunk {
  readonly id?: string
  readonly provider?: string
  readonly error?: { readonly message?: string }
  readonly choices?: readonly {
    readonly finish_reason?: string | null
    readonly delta?: {
      readonly content?: string | null
      readonly reasoning?: string | null
      readonly images?: readonly { readonly image_url?: { readonly url?: string } }[]
      readonly tool_calls?: readonly {
        readonly index?: number
        readonly id?: string
        readonly function?: { readonly name?: string; readonly arguments?: string }
      }[]
    }
  }[]
  readonly usage?: {
    readonly prompt_tokens?: number
    readonly completion_tokens?: number
    readonly cost?: number
  } | null
}

/** Sends a chat request, and yields its answer each time that more of it has come. It ends with an error in the answer, and never throws. */
export async function* streamAnswer(body: object, account: string | null, signal: AbortSignal): AsyncGenerator<Answer> {
  const start = performance.now()
  const since = (): number => performance.now() - start
  let answer = noAnswer
  try {
    const response = await send('/chat/completions', { method: 'POST', body, account, signal })
    for await (const { data } of readEvents(response)) {
      if (data === '[DONE]') break
      answer = withChunk(answer, JSON.parse(data), since())
      yield answer
    }
  } catch (error) {
    const message = signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : 'The stream broke off.'
    const generation = error instanceof ApiError ? error.generation : answer.generation
    answer = { ...answer, generation, error: message }
  }
  yield { ...answer, totalMs: since() }
}

function withChunk(before: Answer, { id, provider, choices, usage, error }: Chunk, ms: number): Answer {
  const choice = choices?.[0]
  const { content, reasoning, images, tool_calls: calls } = choice?.delta ?? {}
  const hasContent = Boolean(content) || Boolean(reasoning) || (calls ?? []).length > 0 || (images ?? []).length > 0
  return {
    ...before,
    text: before.text + (content ?? ''),
    reasoning: before.reasoning + (reasoning ?? ''),
    images: [...before.images, ...(images ?? []).flatMap(({ image_url: image }) => image?.url ?? [])],
    toolCalls: (calls ?? []).reduce(withCall, before.toolCalls),
    generation: id ?? before.generation,
    provider: provider ?? before.provider,
    finish: choice?.finish_reason ?? before.finish,
    promptTokens: usage?.prompt_tokens ?? before.promptTokens,
    completionTokens: usage?.completion_tokens ?? before.completionTokens,
    cost: usage?.cost ?? before.cost,
    firstMs: before.firstMs ?? (hasContent ? ms : null),
    error: error === undefined ? before.error : (error.message ?? 'The stream ended with an error.'),
  }
}

type CallDelta = NonNullable<NonNullable<NonNullable<Chunk['choices']>[number]['delta']>['tool_calls']>[number]

function withCall(
  calls: readonly ToolCall[],
  { index = calls.length, id, function: called }: CallDelta,
): readonly ToolCall[] {
  const before = calls[index]
  const call: ToolCall = {
    id: id ?? before?.id ?? `call_${index}`,
    type: 'function',
    function: {
      name: before?.function.name || (called?.name ?? ''),
      arguments: (before?.function.arguments ?? '') + (called?.arguments ?? ''),
    },
  }
  return before === undefined ? [...calls, call] : calls.map((one, place) => (place === index ? call : one))
}
