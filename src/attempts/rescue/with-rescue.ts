import type { AttemptEntry } from '../../canonical/generation-context.ts'
import type { CallEvent, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { AttemptTools } from '../attempt-loop.ts'
import type { Committed } from '../attempt.ts'
import { worthTrying } from '../retry-policy.ts'
import { SentAnswer } from './sent-answer.ts'
import { Rescuers, type TakeOver } from './take-over.ts'

export interface RescueTools extends AttemptTools {
  /** Whether streams that break off are gone on with where the request does not say. */
  readonly streamRescue: boolean
}

export interface Rescue extends TakeOver {
  readonly tools: RescueTools
  /**
   * Hears of every endpoint that takes over, before anything of what it says is passed on.
   * @param repeated What it did that the order and the answer do not show, in UTF-16 units.
   */
  readonly serve: (
    endpoint: Endpoint,
    entry: AttemptEntry,
    repeated: { readonly prompt: number; readonly produced: number },
  ) => void
}

/**
 * A stream with which another endpoint goes on where the one that answers breaks off; where that is not wanted, or there is no other,
 * the stream as it is. Only where it is wanted does the request live as long as its answer.
 */
export function withRescue(
  turn: Committed,
  request: GenerationRequest,
  rescue: Rescue,
): Pick<Committed, 'first' | 'rest'> {
  if (!isWanted(request, rescue.tools.streamRescue) || turn.remaining.length === 0) return turn
  return { first: [], rest: rescued(turn, request, rescue) }
}

/** Probabilities of tokens cannot be cut where texts are joined, nor can several answers to one request be kept apart. */
function isWanted({ stream, context, input, parameters, source }: GenerationRequest, byDefault: boolean): boolean {
  const { streamRescue } = context
  if (!stream || !(streamRescue === undefined ? byDefault : streamRescue === 'continue')) return false
  // A chat's `n` is no parameter of ours, but is passed on to upstreams that know it.
  if (input.type === 'messages') return parameters.logprobs !== true && Number(source.body['n'] ?? 1) === 1
  return input.prompts.length === 1 && (input.n ?? 1) === 1 && input.logprobs === undefined
}

async function* rescued(turn: Committed, request: GenerationRequest, rescue: Rescue): CallStream {
  const rescuers = new Rescuers(request, rescue)
  const sent = new SentAnswer()
  let part = turn
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
    const next = await rescuers.takeOver(others, sent.text, candidate.endpoint.model)
    if (next === null) return yield [broken]
    const { method, after, overlap, prompt } = next.way
    entry.status = broken.error.status
    entry.errorKind = broken.error.kind
    next.entry.seam = { method, after, from: entry }
    rescue.serve(next.candidate.endpoint, next.entry, { prompt, produced: overlap.length })
    part = next
  }
}

type BrokenOff = Extract<CallEvent, { type: 'error' }>

async function* batches({ first, rest }: Committed): CallStream {
  yield first
  yield* rest
}
