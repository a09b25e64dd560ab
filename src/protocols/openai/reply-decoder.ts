import { GatewayError, type Retry } from '../../canonical/errors.ts'
import { mostChoices } from '../../canonical/most-choices.ts'
import { type CallEvent, isContent } from '../../canonical/generation-event.ts'
import type { Usage } from '../../canonical/usage.ts'
import { cutText } from '../../util/cut-text.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { SimilarJson } from '../../util/similar-json.ts'
import { emptyAnswer, normaliseFinish } from '../vendors/finish-reason.ts'
import type { Frame, UpstreamReply } from '../protocol.ts'
import { classifyFailure, classifySaid } from '../vendors/classify-failure.ts'
import { mergeCounts } from '../vendors/merge-counts.ts'
import { saysError, saysFailure } from '../vendors/read-error.ts'
import { decodeServiceTier } from '../vendors/service-tier.ts'
import { ChoiceEnd } from './choice-end.ts'
import { CompletionTally } from './completion-tally.ts'
import { decodeReportedCost } from './decode-reported-cost.ts'
import { decodeUsage } from './decode-usage.ts'
import type { OpenAiQuirks } from './quirks.ts'

/** The longest fingerprint that is kept: it is repeated in every event of a stream. */
const longestFingerprint = 256

/** Decodes one choice, except for its finish reason. */
export interface ChoiceDecoder {
  /** Pushes what one chunk says. */
  decode(choice: JsonObject, events: CallEvent[]): void
  /**
   * Pushes what was held back, once the choice is over.
   * @param isCut Whether it stopped before it was complete.
   * @returns Whether the choice called tools.
   */
  end(isCut: boolean, events: CallEvent[]): boolean
}

interface OpenChoice {
  readonly decoder: ChoiceDecoder
  readonly end: ChoiceEnd
}

/**
 * Decodes one upstream's reply in an OpenAI protocol, streamed or whole, into events. Each call has its own decoder, which keeps the state
 * of the reply. The protocols differ in the form of a choice. The finish reason of a choice becomes an event once, when the whole answer is
 * over.
 */
class ReplyDecoder {
  readonly #providerName: string
  readonly #openChoice: (index: number) => ChoiceDecoder
  readonly #mostChoices: number
  readonly #mayBeEmpty: boolean
  readonly #costField: OpenAiQuirks['reportedCost']
  readonly #json = new SimilarJson()
  readonly #choices = new Map<number, OpenChoice>()
  readonly #citations = new Set<string>()
  readonly #tally = new CompletionTally()
  #counts: JsonObject = {}
  #reportedCost: number | undefined
  #usage: Usage = {}
  #serviceTier: string | undefined
  #started = false
  #produced = false
  #ended = false
  /** Whether the upstream signalled the end: by `[DONE]`, or by the usage in a chunk of its own. */
  #closed = false

  /** @param openChoice Makes the decoder of one choice, which may remember too. */
  constructor(
    providerName: string,
    openChoice: (index: number) => ChoiceDecoder,
    { most = mostChoices, mayBeEmpty = false, costField }: ReplyOptions,
  ) {
    this.#providerName = providerName
    this.#openChoice = openChoice
    this.#mostChoices = most
    this.#mayBeEmpty = mayBeEmpty
    this.#costField = costField
  }

  frame(frame: Frame): readonly CallEvent[] {
    if (frame.type === 'comment') return [{ type: 'alive' }]
    if (frame.data === '[DONE]') return this.#done()
    const chunk = this.#json.parse(frame.data)
    if (chunk === undefined) return this.#strangeFrame(frame.event, frame.data.trim())
    if (chunk === null) return [{ type: 'alive' }]
    if (frame.event === 'error') return this.#refuse(chunk)
    if (!isObject(chunk)) return this.#fail('The provider sent a chunk that is not an object.')
    return this.#decode(chunk)
  }

  /** Decodes the body of a JSON reply: one chunk that holds everything. */
  result(body: unknown): readonly CallEvent[] {
    // A failure may be in a list, or be plain text.
    if (!isObject(body)) {
      return saysFailure(body) ? this.#refuse(body) : this.#fail('The provider sent a reply that is not an object.')
    }
    if (body['choices'] === undefined && saysFailure(body)) return this.#refuse(body)
    const events = this.#decode(body)
    this.#closed = true
    return this.#ended ? events : [...events, ...this.end()]
  }

  end(): readonly CallEvent[] {
    if (this.#ended) return []
    const events: CallEvent[] = []
    const finishes: Extract<CallEvent, { type: 'finish' }>[] = []
    for (const [choice, { decoder, end }] of this.#choices) {
      if (!end.isOver(this.#closed)) continue
      const isCut = normaliseFinish(end.reason, false) === 'length'
      const reason = normaliseFinish(end.reason, decoder.end(isCut, events))
      finishes.push({ type: 'finish', choice, reason, native: end.native })
    }
    const isProduced = this.#produced || events.length > 0
    // An empty answer is accepted only if tokens were counted. A filter, a limit or a stop sequence may well end an answer before its first word.
    const isQuiet = !this.#mayBeEmpty && finishes.every(({ reason }) => reason === 'stop')
    const isEmpty = !isProduced && isQuiet && !this.#usage.completionTokens
    if (isEmpty || (!isProduced && finishes.length === 0))
      return this.#fail(emptyAnswer(finishes[0]?.native ?? undefined))
    if (finishes.length < this.#choices.size || finishes.length === 0) {
      return this.#fail('The provider ended the answer without a finish reason: it may be cut short.')
    }
    this.#ended = true
    return [...events, ...finishes, { type: 'call-end', usage: this.#usage }]
  }

  #strangeFrame(event: string | null, data: string): readonly CallEvent[] {
    if (data === '[DONE]') return this.#done()
    return event === 'error' ? this.#refuse(data) : this.#fail('The provider sent a chunk that is not JSON.')
  }

  /** It counts only where something ended: some send it too early, or in between. */
  #done(): readonly CallEvent[] {
    this.#closed = true
    const isOver = this.#choices.size > 0 && [...this.#choices.values()].every(({ end }) => end.given)
    return isOver ? this.end() : []
  }

  #decode(chunk: JsonObject): readonly CallEvent[] {
    // Groq puts the error for which it breaks a stream off beside the choices.
    const error = chunk['error'] ?? objectOf(chunk['x_groq'])?.['error']
    if (error !== undefined && error !== null && saysError(error)) {
      return this.#refuse(chunk['error'] === undefined ? { error } : chunk)
    }
    if (chunk['choices'] === undefined && saysFailure(chunk, true)) return this.#refuse(chunk)
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
    for (let position = 0; position < choices.length; position++) {
      const choice = choices[position]
      if (!isObject(choice)) continue
      // OpenRouter, as an upstream, puts the error into the choice.
      if (saysError(choice['error'])) return this.#refuse(choice)
      this.#decodeChoice(choice, position, events)
    }
    if (this.#choices.size > this.#mostChoices) return this.#tooMany()
    this.#decodeCitations(chunk, events)
    this.#decodeUsage(chunk, choices.length, events)
    return events
  }

  #tooMany(): readonly CallEvent[] {
    return this.#fail(`The provider sent more than ${this.#mostChoices} answers.`)
  }

  #decodeChoice(choice: JsonObject, position: number, events: CallEvent[]): void {
    const index = countOf(choice['index']) ?? position
    const before = events.length
    let open = this.#choices.get(index)
    if (open === undefined) {
      open = { decoder: this.#openChoice(index), end: new ChoiceEnd() }
      this.#choices.set(index, open)
    }
    open.decoder.decode(choice, events)
    if (events.length > before) this.#produced = true

    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '' && reason !== 'null') {
      open.end.end(reason, stringOf(choice['native_finish_reason']) || undefined, events.slice(before).some(isContent))
    } else if (open.end.given && events.slice(before).some(isContent)) open.end.goOn()
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
  #decodeUsage(chunk: JsonObject, choices: number, events: CallEvent[]): void {
    const usage =
      objectOf(chunk['usage']) ??
      objectOf(objectOf(chunk['x_groq'])?.['usage']) ??
      objectOf(objectOf(arrayOf(chunk['choices'])[0])?.['usage'])
    // The tier may be in another chunk than the usage, or come without any.
    const serviceTier = decodeServiceTier(chunk['service_tier']) ?? this.#serviceTier
    const isCounted = usage !== undefined && this.#count(usage, events)
    if (isCounted && choices === 0 && this.#usage.completionTokens) this.#closed = true
    if (!isCounted && serviceTier === this.#serviceTier) return
    this.#serviceTier = serviceTier
    events.push({ type: 'usage', usage: this.#usage, serviceTier })
  }

  /** Notes the counts. Returns whether there were any. */
  #count(usage: JsonObject, events: readonly CallEvent[]): boolean {
    const { completionTokens = 0, reasoningTokens = 0, ...others } = decodeUsage(usage)
    if (completionTokens === 0 && Object.values(others).every((count) => count === undefined)) return false
    const characters = events.reduce((sum, event) => sum + charactersOf(event), 0)
    if (characters > 0 && completionTokens > 0) this.#tally.add(completionTokens, reasoningTokens, characters)
    this.#counts = mergeCounts(this.#counts, usage)
    const reportedCost = decodeReportedCost(usage, this.#costField)
    if (reportedCost !== undefined) this.#reportedCost = Math.max(reportedCost, this.#reportedCost ?? 0)
    const merged: Usage = { ...decodeUsage(this.#counts), reportedCost: this.#reportedCost }
    const { sums } = this.#tally
    this.#usage =
      sums === null
        ? merged
        : {
            ...merged,
            completionTokens: Math.max(sums.completion, merged.completionTokens ?? 0),
            reasoningTokens: merged.reasoningTokens && Math.max(sums.reasoning, merged.reasoningTokens),
          }
    return true
  }

  /** Ends the reply with a failure that the upstream reported. */
  #refuse(said: unknown): readonly CallEvent[] {
    this.#ended = true
    return [{ type: 'error', ...classifySaid(said, this.#providerName) }]
  }

  #fail(message: string): readonly CallEvent[] {
    this.#ended = true
    const error = new GatewayError('provider_unavailable', message, { providerName: this.#providerName })
    const retry: Retry = { scope: 'next-endpoint' }
    return [{ type: 'error', error, retry }]
  }
}

function charactersOf(event: CallEvent): number {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return event.text.length
    case 'reasoning-delta':
      return event.detail.type === 'text' ? (event.detail.text?.length ?? 0) : 0
    case 'tool-call-start':
      return event.name.length
    case 'tool-call-delta':
      return event.arguments.length
    default:
      return 0
  }
}

export interface ReplyOptions {
  /** How many choices the reply may have; each of them takes memory. */
  readonly most?: number
  /** Whether an answer may be empty: a stop sequence of the request may be the first thing that the model writes. */
  readonly mayBeEmpty?: boolean
  /** The field of `usage` in which the provider reports what it charges. */
  readonly costField?: OpenAiQuirks['reportedCost']
}

/** Makes the decoder of a reply in an OpenAI protocol. */
export function openReply(
  providerName: string,
  openChoice: (index: number) => ChoiceDecoder,
  options: ReplyOptions,
): UpstreamReply {
  const decoder = new ReplyDecoder(providerName, openChoice, options)
  return {
    decodeFrame: (frame) => decoder.frame(frame),
    decodeEnd: () => decoder.end(),
    decodeResult: (body) => decoder.result(body),
    decodeError: (reply) => classifyFailure(reply, providerName),
  }
}
