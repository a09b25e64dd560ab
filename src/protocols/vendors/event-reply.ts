import { GatewayError } from '../../canonical/errors.ts'
import { type FinishReason, type CallEvent, isContent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'
import { isObject, type JsonObject } from '../../util/json.ts'
import { SimilarJson } from '../../util/similar-json.ts'
import { classifyFailure, classifySaid } from './classify-failure.ts'
import { emptyAnswer } from './finish-reason.ts'
import { saysFailure } from './read-error.ts'
import type { UpstreamFailure, UpstreamReply } from '../protocol.ts'

/** Decodes one reply in one protocol: it writes each event of a stream, or the whole body, to a `ReplyLog`. */
interface EventDecoder {
  /** The types of events that add nothing new, where an event has its type beside its data: these are not parsed. */
  readonly repeats?: ReadonlySet<string>
  event(event: JsonObject): void
  result(body: JsonObject): void
}

/** What an upstream may report about the end of an answer, besides the finish reason. */
interface Ending {
  readonly serviceTier?: string
  readonly stopSequence?: string
  /** The upstream's explanation of the reason. */
  readonly why?: string
}

/** Collects the events that a decoder reads from one reply, for protocols whose streams have a last event of their own. */
export class ReplyLog {
  readonly #providerName: string
  #events: CallEvent[] = []
  readonly #mayBeEmpty: boolean
  #produced = false
  #ended = false

  /** @param mayBeEmpty Whether an answer may be empty: a stop sequence of the request may be the first thing that the model writes. */
  constructor(providerName: string, mayBeEmpty = false) {
    this.#providerName = providerName
    this.#mayBeEmpty = mayBeEmpty
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether the reply had any content so far. */
  get produced(): boolean {
    return this.#produced
  }

  push(event: CallEvent): void {
    if (this.#ended) return
    this.#produced ||= isContent(event)
    this.#events.push(event)
  }

  /**
   * Ends the answer as complete. An empty answer is accepted only if tokens were counted for it or a stop sequence ended it; otherwise it
   * is a failure.
   */
  complete(reason: FinishReason, native: string, usage: Usage, ending: Ending = {}): void {
    const { serviceTier, stopSequence, why } = ending
    const isStopped = stopSequence !== undefined || native.toLowerCase() === 'stop_sequence' || this.#mayBeEmpty
    const isQuiet = (reason === 'stop' && !isStopped) || reason === 'tool_calls'
    if (!this.#produced && isQuiet && !usage.completionTokens) return this.fail(emptyAnswer(native, why), why)
    this.push({ type: 'finish', choice: 0, reason, native, ...(stopSequence !== undefined && { stopSequence }) })
    const isUsed = Object.values(usage).some((count) => count !== undefined)
    if (isUsed || serviceTier !== undefined) this.push({ type: 'usage', usage, serviceTier })
    this.#end({ type: 'call-end', usage })
  }

  /** Ends the reply with a failure that the upstream reported. */
  refuse(failure: UpstreamFailure): void {
    this.#end({ type: 'error', ...failure })
  }

  /**
   * Ends the reply as a failure, because the upstream broke its protocol; another endpoint is asked next.
   * @param said The upstream's own words, where the message quotes them.
   */
  fail(message: string, said?: string): void {
    const error = new GatewayError('provider_unavailable', message, { providerName: this.#providerName, raw: said })
    this.#end({ type: 'error', error, retry: { scope: 'next-endpoint' } })
  }

  /** Returns the events since the last call of this method. */
  take(): readonly CallEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  #end(event: CallEvent): void {
    if (this.#ended) return
    this.#events.push(event)
    this.#ended = true
  }
}

const cut = 'The provider ended the answer without saying that it is complete: it may be cut short.'

/** Makes the decoder of a reply in a protocol of typed JSON events. A stream without the protocol's last event was cut. */
export function openEventReply(providerName: string, open: (log: ReplyLog) => EventDecoder): UpstreamReply {
  const log = new ReplyLog(providerName)
  const decoder = open(log)
  const json = new SimilarJson()
  const close = (): readonly CallEvent[] => {
    if (!log.ended) log.fail(cut)
    return log.take()
  }
  return {
    decodeFrame(frame) {
      if (frame.type === 'comment') return [{ type: 'alive' }]
      if (frame.data === '[DONE]') return close()
      if (frame.event !== null && decoder.repeats?.has(frame.event) === true) return log.take()
      const event = json.parse(frame.data)
      const isFailure =
        frame.event === 'error' ||
        (isObject(event) && (event['type'] === 'error' || (event['type'] === undefined && saysFailure(event, true))))
      if (isFailure) log.refuse(classifySaid(event ?? frame.data, providerName))
      else if (!isObject(event)) log.fail('The provider sent an event that is not a JSON object.')
      else decoder.event(event)
      return log.take()
    },
    decodeEnd: close,
    decodeResult(body) {
      if (saysFailure(body)) log.refuse(classifySaid(body, providerName))
      else if (!isObject(body)) log.fail('The provider sent a reply that is not an object.')
      else decoder.result(body)
      return close()
    },
    decodeError: (reply) => classifyFailure(reply, providerName),
  }
}
