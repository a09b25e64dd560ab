import { askedChoices } from '../../canonical/asked-choices.ts'
import type { AttemptEntry } from '../../canonical/generation-context.ts'
import type { CallEvent, CallStream } from '../../canonical/generation-event.ts'
import { type GenerationRequest, isTextRequest, type TextRequest } from '../../canonical/generation-request.ts'
import type { CallHold } from '../../canonical/hold.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { AttemptDependencies } from '../attempt-loop.ts'
import type { Committed } from '../attempt.ts'
import { worthTrying } from '../retry-policy.ts'
import { SentAnswer } from './sent-answer.ts'
import { TakeOver, type TakeOverContext } from './take-over.ts'

/** What stream rescue is given. */
export interface RescueDependencies extends AttemptDependencies {
  /** Whether streams that break off are continued where the request itself does not set it. */
  readonly streamRescue: boolean
}

/** What is needed to rescue the streams of one turn. */
export interface Rescue extends TakeOverContext {
  readonly dependencies: RescueDependencies
  /**
   * Called for every endpoint that takes over, before its first event is passed on.
   * @param hold What the call holds.
   * @param repeated The text that it read as prompt or produced again, which request and reply do not show. In UTF-16 units.
   */
  readonly serve: (
    endpoint: Endpoint,
    entry: AttemptEntry,
    hold: CallHold,
    repeated: { readonly prompt: number; readonly produced: number },
  ) => void
}

/**
 * Wraps a stream so that another endpoint continues it where it breaks off. Returns the stream as it is where rescue is switched off or no
 * other endpoint is left. Only where it is wrapped does the request stay in memory until the answer ends.
 */
export function withRescue(
  answer: Committed,
  request: GenerationRequest,
  rescue: Rescue,
): Pick<Committed, 'first' | 'rest'> {
  if (!isTextRequest(request) || !isWanted(request, rescue.dependencies.streamRescue) || answer.remaining.length === 0)
    return answer
  return { first: [], rest: rescued(answer, request, rescue) }
}

/**
 * Tells whether to rescue the stream. Streams with log probabilities or with several answers are not rescued: probabilities belong to whole
 * tokens, which the seam may cut, and several answers cannot be told apart.
 */
function isWanted({ stream, context, input, parameters, source }: TextRequest, byDefault: boolean): boolean {
  const { streamRescue } = context
  if (!stream || !(streamRescue === undefined ? byDefault : streamRescue === 'continue')) return false
  // The gateway does not decode the `n` of a chat, but passes it on to upstreams that support it.
  if (input.type === 'messages') return parameters.logprobs !== true && askedChoices(source.body) === 1
  return input.prompts.length === 1 && (input.n ?? 1) === 1 && input.logprobs === undefined
}

async function* rescued(answer: Committed, request: GenerationRequest, rescue: Rescue): CallStream {
  const takeOver = new TakeOver(request, rescue)
  const sent = new SentAnswer()
  let part = answer
  for (;;) {
    let broken: BrokenOff | null = null
    for await (const batch of batches(part)) {
      const last = batch.at(-1)
      const content = last?.type === 'error' ? batch.slice(0, -1) : batch
      if (last?.type === 'error') broken = last
      sent.add(content)
      if (content.length > 0) yield content
    }
    if (broken === null) return
    const { candidate, entry } = part
    const others = sent.isOpen ? part.remaining.filter(worthTrying(broken.retry, candidate)) : []
    const next = await takeOver.find(others, sent.text, candidate.endpoint.model)
    if (next === null) return yield [broken]
    const { method, after, overlap, prompt } = next.continuation
    entry.status = broken.error.status
    entry.errorKind = broken.error.kind
    next.entry.seam = { method, after, from: entry }
    rescue.serve(next.candidate.endpoint, next.entry, next.hold, { prompt, produced: overlap.length })
    part = next
  }
}

type BrokenOff = Extract<CallEvent, { type: 'error' }>

async function* batches({ first, rest }: Committed): CallStream {
  yield first
  yield* rest
}
