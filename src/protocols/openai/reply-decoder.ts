import { GatewayError, type Retry } from '../../canonical/errors.ts'
import type { FinishReason, CallEvent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import type { Frame, UpstreamReply } from '../protocol.ts'
import { classifyErrorObject, classifyFailure } from '../vendors/classify-failure.ts'
import { decodeServiceTier } from '../vendors/service-tier.ts'
import { decodeUsage } from './decode-usage.ts'
import { append } from '../../util/append.ts'
import { cutText } from '../../util/cut-text.ts'

/** It is repeated in every event of a stream. */
const longestFingerprint = 256

/** Pushes what one chunk says about one choice, but for its finish. Says whether the choice has called tools so far. */
type DecodeChoice = (choice: JsonObject, events: CallEvent[]) => boolean

/**
 * Turns one upstream's reply in an OpenAI language, streamed or whole, into events. One decoder a call: it remembers what was said
 * so far. The languages differ in what a choice looks like.
 */
class ReplyDecoder {
  readonly #providerName: string
  readonly #openChoice: (index: number) => DecodeChoice
  readonly #mostChoices: number
  readonly #choices = new Map<number, DecodeChoice>()
  readonly #citations = new Set<string>()
  #usage: Usage = {}
  #serviceTier: string | undefined
  #started = false
  #produced = false
  #ended = false
  /** Choices that began and have no finish yet. */
  readonly #unfinished = new Set<number>()
  #finished = false
  /** A `stop` before anything was produced: believed only if tokens were counted, else the answer was empty. */
  #emptyFinish: Extract<CallEvent, { type: 'finish' }> | null = null

  /** @param openChoice Makes the decoder of one choice, which may remember too. */
  constructor(providerName: string, openChoice: (index: number) => DecodeChoice, mostChoices: number) {
    this.#providerName = providerName
    this.#openChoice = openChoice
    this.#mostChoices = mostChoices
  }

  frame(frame: Frame): readonly CallEvent[] {
    if (frame.type === 'comment') return [{ type: 'alive' }]
    if (frame.data === '[DONE]') return this.end()
    let chunk: unknown
    try {
      chunk = JSON.parse(frame.data)
    } catch {
      return this.#fail('The provider sent a chunk that is not JSON.')
    }
    if (!isObject(chunk)) return this.#fail('The provider sent a chunk that is not an object.')
    return this.#decode(chunk)
  }

  /** The body of a JSON reply: one chunk that holds everything. */
  result(body: unknown): readonly CallEvent[] {
    if (!isObject(body)) return this.#fail('The provider sent a reply that is not an object.')
    const events = this.#decode(body)
    return this.#ended ? events : [...events, ...this.end()]
  }

  end(): readonly CallEvent[] {
    if (this.#ended) return []
    if (!this.#produced) {
      if (this.#emptyFinish === null || !this.#usage.completionTokens) {
        return this.#fail('The provider sent an empty answer.')
      }
      this.#ended = true
      return [this.#emptyFinish, { type: 'call-end', usage: this.#usage }]
    }
    if (!this.#finished || this.#unfinished.size > 0) {
      return this.#fail('The provider ended the answer without a finish reason: it may be cut short.')
    }
    this.#ended = true
    return [{ type: 'call-end', usage: this.#usage }]
  }

  #decode(chunk: JsonObject): readonly CallEvent[] {
    // Groq says beside a stream why it breaks off.
    const error = chunk['error'] ?? objectOf(chunk['x_groq'])?.['error']
    if (isObject(error) || typeof error === 'string') {
      this.#ended = true
      return [{ type: 'error', ...classifyErrorObject(error, this.#providerName) }]
    }
    const choices = arrayOf(chunk['choices'])
    if (choices.length > this.#mostChoices) return this.#tooMany()
    const events: CallEvent[] = []
    if (!this.#started) {
      this.#started = true
      const upstreamId = stringOf(chunk['id'])
      const fingerprint = stringOf(chunk['system_fingerprint'])
      const systemFingerprint = fingerprint === undefined ? undefined : cutText(fingerprint, longestFingerprint)
      events.push({ type: 'start', upstreamId, systemFingerprint })
    }
    const finishes: CallEvent[] = []
    for (const [position, value] of choices.entries()) {
      if (isObject(value)) this.#decodeChoice(value, position, events, finishes)
    }
    if (this.#choices.size > this.#mostChoices) return this.#tooMany()
    this.#decodeCitations(chunk, events)
    append(events, finishes)
    this.#decodeUsage(chunk, events)
    return events
  }

  #tooMany(): readonly CallEvent[] {
    return this.#fail(`The provider sent more than ${this.#mostChoices} answers.`)
  }

  #decodeChoice(choice: JsonObject, position: number, events: CallEvent[], finishes: CallEvent[]): void {
    const index = countOf(choice['index']) ?? position
    const before = events.length
    let decode = this.#choices.get(index)
    if (decode === undefined) {
      decode = this.#openChoice(index)
      this.#choices.set(index, decode)
      this.#unfinished.add(index)
    }
    const calledTools = decode(choice, events)
    if (events.length > before) this.#produced = true

    const native = stringOf(choice['finish_reason'])
    if (native === undefined) return
    this.#unfinished.delete(index)
    this.#finished = true
    const reason = normaliseFinish(native, calledTools)
    // OpenRouter as an upstream normalises, and says beside it what its own upstream said.
    const finish = {
      type: 'finish',
      choice: index,
      reason,
      native: stringOf(choice['native_finish_reason']) ?? native,
    } as const
    if (!this.#produced && isQuiet(reason)) this.#emptyFinish = finish
    else {
      this.#produced = true
      finishes.push(finish)
    }
  }

  /** Perplexity lists its sources beside the choices, in every chunk: their addresses, and lately their titles too. */
  #decodeCitations(chunk: JsonObject, events: CallEvent[]): void {
    if (chunk['citations'] === undefined && chunk['search_results'] === undefined) return
    const results = arrayOf(chunk['search_results']).filter(isObject)
    const titles = new Map(results.map(({ url, title }) => [url, stringOf(title)]))
    for (const url of new Set([...arrayOf(chunk['citations']), ...titles.keys()])) {
      if (typeof url !== 'string' || this.#citations.has(url)) continue
      this.#citations.add(url)
      events.push({ type: 'annotation', choice: 0, annotation: { type: 'url-citation', url, title: titles.get(url) } })
    }
  }

  /** Groq reports usage in `x_groq` as well, Moonshot inside the choice. */
  #decodeUsage(chunk: JsonObject, events: CallEvent[]): void {
    const usage =
      objectOf(chunk['usage']) ??
      objectOf(objectOf(chunk['x_groq'])?.['usage']) ??
      objectOf(objectOf(arrayOf(chunk['choices'])[0])?.['usage'])
    // The tier may stand in another chunk than the usage, or come without any.
    const serviceTier = decodeServiceTier(chunk['service_tier']) ?? this.#serviceTier
    if (usage === undefined && serviceTier === this.#serviceTier) return
    if (usage !== undefined) this.#usage = decodeUsage(usage)
    this.#serviceTier = serviceTier
    events.push({ type: 'usage', usage: this.#usage, serviceTier })
  }

  #fail(message: string): readonly CallEvent[] {
    this.#ended = true
    const error = new GatewayError('provider_unavailable', message, { providerName: this.#providerName })
    const retry: Retry = { scope: 'next-endpoint' }
    return [{ type: 'error', error, retry }]
  }
}

/** As many choices as any of these languages lets a client ask for at once. */
export const mostChoices = 128

/**
 * The decoding half of a call to a server that speaks an OpenAI language.
 * @param most How many choices the reply may have; each of them is remembered.
 */
export function openReply(
  providerName: string,
  openChoice: (index: number) => DecodeChoice,
  most = mostChoices,
): UpstreamReply {
  const decoder = new ReplyDecoder(providerName, openChoice, most)
  return {
    decodeFrame: (frame) => decoder.frame(frame),
    decodeEnd: () => decoder.end(),
    decodeResult: (body) => decoder.result(body),
    decodeError: (reply) => classifyFailure(reply, providerName),
  }
}

/** Ends that normally follow an answer. A filter or a limit may well come before the first word. */
const isQuiet = (reason: FinishReason): boolean => reason === 'stop' || reason === 'tool_calls'
