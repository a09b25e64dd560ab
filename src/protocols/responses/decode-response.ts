import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import { arrayOf, countOf, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { oneWord } from '../../util/one-word.ts'
import { classifyErrorObject } from '../vendors/classify-failure.ts'
import { decodeServiceTier } from '../vendors/service-tier.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import { decodeUsage } from './decode-usage.ts'
import { ItemDecoder } from './decode-item.ts'

/** What is known of a reply before it comes. */
interface Expected {
  readonly providerName: string
  readonly format: ReasoningFormat
  readonly raisedMaxTokens: number | undefined
}

/** They say again what other events say. Those that end a part have all of its text. */
const repeats: ReadonlySet<string> = new Set([
  'response.in_progress',
  'response.content_part.added',
  'response.output_text.done',
  'response.refusal.done',
  'response.content_part.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.done',
  'response.reasoning_text.done',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.done',
])

/**
 * Turns one response, streamed or whole, into events. An item says at its end all that it said before: what was not streamed is said
 * then, so a whole reply is a list of items that end at once (principle 3).
 */
export class ResponseDecoder {
  readonly repeats = repeats
  readonly #log: ReplyLog
  readonly #providerName: string
  readonly #raisedMaxTokens: number | undefined
  readonly #items: ItemDecoder
  #started = false

  constructor(log: ReplyLog, { providerName, format, raisedMaxTokens }: Expected) {
    this.#log = log
    this.#providerName = providerName
    this.#raisedMaxTokens = raisedMaxTokens
    this.#items = new ItemDecoder(log, format)
  }

  event(event: JsonObject): void {
    const output = countOf(event['output_index']) ?? 0
    const content = countOf(event['content_index']) ?? 0
    const delta = stringOf(event['delta']) ?? ''
    switch (event['type']) {
      case 'response.created':
        return this.#start(objectOf(event['response']))
      case 'response.output_item.added':
        return this.#items.begin(output, objectOf(event['item']) ?? {})
      case 'response.output_text.delta':
        return this.#items.text(output, content, delta, event['logprobs'])
      case 'response.refusal.delta':
        return this.#items.refusal(output, content, delta)
      case 'response.output_text.annotation.added':
        return this.#items.annotation(output, content, event['annotation'])
      case 'response.reasoning_summary_text.delta':
        return this.#items.summary(output, countOf(event['summary_index']) ?? 0, delta)
      case 'response.reasoning_text.delta':
        return this.#items.thought(output, content, delta)
      case 'response.function_call_arguments.delta':
        return this.#items.arguments(output, delta)
      case 'response.custom_tool_call_input.delta':
        return this.#items.input(output, delta)
      case 'response.output_item.done':
        return this.#items.end(output, objectOf(event['item']) ?? {})
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.#close(objectOf(event['response']) ?? {})
      default:
      // What else there is repeats what was said, or tells of tools that nobody asked for.
    }
  }

  result(body: JsonObject): void {
    this.#start(body)
    for (const [position, item] of arrayOf(body['output']).entries()) this.#items.end(position, objectOf(item) ?? {})
    this.#close(body)
  }

  #start(response: JsonObject | undefined): void {
    if (this.#started) return
    this.#started = true
    this.#log.push({
      type: 'start',
      upstreamId: stringOf(response?.['id']),
      raisedMaxTokens: this.#raisedMaxTokens,
    })
  }

  #close(response: JsonObject): void {
    const status = stringOf(response['status']) ?? ''
    if (status === 'completed') return this.#complete(response, status)
    if (status === 'incomplete') {
      const reason = stringOf(objectOf(response['incomplete_details'])?.['reason'])
      return this.#complete(response, reason ?? 'max_output_tokens')
    }
    if (status === 'failed') this.#log.refuse(classifyErrorObject(response['error'], this.#providerName))
    else this.#log.fail(`The provider ended the answer with the status "${oneWord(status) ?? 'unknown'}".`)
  }

  #complete(response: JsonObject, native: string): void {
    const usage = decodeUsage(response)
    const tier = decodeServiceTier(response['service_tier'])
    this.#log.complete(normaliseFinish(native, this.#items.calledTools), native, usage, { serviceTier: tier })
  }
}
