import { GatewayError } from '../../canonical/errors.ts'
import type { Usage } from '../../canonical/usage.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { oneWord } from '../../util/one-word.ts'
import { SimilarJson } from '../../util/similar-json.ts'
import { ReplyLog } from '../vendors/event-reply.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import { mergeCounts } from '../vendors/merge-counts.ts'
import { saysError, saysFailure } from '../vendors/read-error.ts'
import type { UpstreamReply } from '../protocol.ts'
import { ToolCallLog } from '../vendors/tool-call-log.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { CallDecoder } from './decode-call.ts'
import { Citations } from './decode-citations.ts'
import { decodeErrorObject, decodeFailure } from './decode-failure.ts'
import { decodeLogprobs } from './decode-logprobs.ts'
import { PartDecoder } from './decode-parts.ts'
import { decodeTier, decodeUsage } from './decode-usage.ts'
import { geminiVersion } from './gemini-model.ts'
import { SearchCount } from './search-count.ts'

/** Decodes the chunks of one reply, or a whole reply, which has the form of one chunk, into events. Each call has its own decoder. */
class ReplyDecoder {
  readonly #log: ReplyLog
  readonly #providerName: string
  readonly #toolCalls: ToolCallLog
  readonly #calls: CallDecoder
  readonly #parts: PartDecoder
  readonly #citations = new Citations()
  #started = false
  #counts: JsonObject = {}
  #usage: Usage = {}
  readonly #searches: SearchCount
  #serviceTier: string | undefined
  #finish: string | undefined
  #finishMessage: string | undefined

  constructor(log: ReplyLog, { providerName, upstreamModel }: Endpoint, names: ToolNames, answerTool?: string) {
    this.#log = log
    this.#searches = new SearchCount(geminiVersion(upstreamModel) < 3)
    this.#providerName = providerName
    this.#toolCalls = new ToolCallLog(log)
    this.#calls = new CallDecoder(log, this.#toolCalls, names, answerTool)
    this.#parts = new PartDecoder(log, this.#calls)
  }

  chunk(chunk: JsonObject): void {
    if (saysError(chunk['error']) || (chunk['candidates'] === undefined && saysFailure(chunk, true))) {
      return this.#log.refuse(decodeErrorObject(chunk, this.#providerName))
    }
    if (!this.#started) this.#log.push({ type: 'start', upstreamId: stringOf(chunk['responseId']) })
    this.#started = true
    const [candidate] = arrayOf(chunk['candidates'])
    if (isObject(candidate)) this.#decodeCandidate(candidate)
    else this.#decodeFeedback(chunk)
    this.#decodeUsage(chunk)
  }

  /** Ends the answer. There is no last event: an answer is complete if it gave a finish reason. */
  end(): void {
    if (this.#finish === undefined) {
      return this.#log.fail('The provider ended the answer without a finish reason: it may be cut short.')
    }
    this.#calls.end()
    const reason = normaliseFinish(this.#finish, this.#toolCalls.called)
    const ending = { serviceTier: this.#serviceTier, why: this.#finishMessage }
    this.#log.complete(reason, this.#finish, this.#counted(), ending)
  }

  #counted(): Usage {
    return { ...this.#usage, webSearchRequests: this.#searches.billed }
  }

  #decodeCandidate(candidate: JsonObject): void {
    const content = objectOf(candidate['content'])
    if (content !== undefined) this.#citations.said(this.#parts.decode(content, decodeLogprobs(candidate)))
    this.#searches.add(candidate)
    for (const annotation of this.#citations.decode(candidate)) {
      this.#log.push({ type: 'annotation', choice: 0, annotation })
    }
    const native = stringOf(candidate['finishReason'])
    this.#finishMessage = stringOf(candidate['finishMessage']) ?? this.#finishMessage
    if (native) this.#finish = native
    const isBroken = native !== undefined && normaliseFinish(native, false) === 'error'
    if (isBroken && !this.#log.produced) {
      const why = this.#finishMessage === undefined ? '' : `: ${this.#finishMessage}`
      this.#log.fail(
        `The provider broke its answer off, with the finish reason ${oneWord(native) ?? 'unknown'}${why}`,
        this.#finishMessage,
      )
    }
  }

  /** Decodes why the prompt was not answered. */
  #decodeFeedback(chunk: JsonObject): void {
    const feedback = objectOf(chunk['promptFeedback'])
    const reason = stringOf(feedback?.['blockReason'])
    if (reason === undefined) return
    this.#finish = reason
    if (this.#log.produced) return
    const message = stringOf(feedback?.['blockReasonMessage']) ?? `The provider blocked the prompt: ${reason}.`
    const details = { providerName: this.#providerName, providerCode: reason, raw: chunk }
    const error = new GatewayError('content_policy_violation', message, details)
    this.#log.refuse({ error, retry: { scope: 'next-model' } })
  }

  /** Decodes the usage. Some chunks hold the tier alone: the earlier counts then still hold. */
  #decodeUsage(chunk: JsonObject): void {
    const counts = objectOf(chunk['usageMetadata'])
    if (counts === undefined) return
    this.#serviceTier = decodeTier(counts) ?? this.#serviceTier
    this.#counts = mergeCounts(this.#counts, counts)
    const usage = decodeUsage(this.#counts)
    if (usage === null) return
    this.#usage = usage
    this.#log.push({ type: 'usage', usage: this.#counted(), serviceTier: this.#serviceTier })
  }
}

/** Makes the decoder of one call's reply. */
export function openReply(
  endpoint: Endpoint,
  names: ToolNames,
  answerTool: string | undefined,
  mayBeEmpty: boolean,
): UpstreamReply {
  const { providerName } = endpoint
  const log = new ReplyLog(providerName, mayBeEmpty)
  const decoder = new ReplyDecoder(log, endpoint, names, answerTool)
  const json = new SimilarJson()
  const close = () => {
    if (!log.ended) decoder.end()
    return log.take()
  }
  return {
    decodeFrame(frame) {
      if (frame.type === 'comment') return [{ type: 'alive' }]
      if (frame.data === '[DONE]') return close()
      const chunk = json.parse(frame.data)
      // An error may be inside a list, as in a stream that is one list.
      if (frame.event === 'error' || (Array.isArray(chunk) && saysFailure(chunk))) {
        log.refuse(decodeErrorObject(chunk ?? frame.data, providerName))
      } else if (isObject(chunk)) decoder.chunk(chunk)
      else log.fail('The provider sent a chunk that is not a JSON object.')
      return log.take()
    },
    decodeEnd: close,
    decodeResult(body) {
      // Without `alt=sse` a stream is a list of chunks.
      for (const chunk of Array.isArray(body) ? body : [body]) {
        if (isObject(chunk)) decoder.chunk(chunk)
        else log.fail('The provider sent a reply that is not an object.')
      }
      return close()
    },
    decodeError: (reply) => decodeFailure(reply, providerName),
  }
}
