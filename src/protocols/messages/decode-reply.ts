import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { decodeServiceTier } from '../vendors/service-tier.ts'
import { openEventReply, type ReplyLog } from '../vendors/event-reply.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import { mergeCounts } from '../vendors/merge-counts.ts'
import type { UpstreamReply } from '../protocol.ts'
import { ToolCallLog } from '../vendors/tool-call-log.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { decodeUsage } from './decode-usage.ts'
import { protocolName } from './name.ts'
import { nativeFields } from './native-fields.ts'
import { type Answer, openBlock, type OpenBlock } from './decode-block.ts'

/** Decodes one reply, streamed or whole. A stream is complete when `message_stop` came and a stop reason before it. */
class ReplyDecoder {
  readonly #answer: Answer
  readonly #open = new Map<number, OpenBlock>()
  #stopReason: string | undefined
  #stopSequence: string | undefined
  #usage: JsonObject = {}

  constructor(log: ReplyLog, names: ToolNames, answerTool: string | null) {
    this.#answer = { log, calls: new ToolCallLog(log), names, answerTool, textLength: 0, thoughts: 0 }
  }

  event(event: JsonObject): void {
    const { log } = this.#answer
    switch (event['type']) {
      case 'message_start':
        return this.#start(objectOf(event['message']) ?? {})
      case 'content_block_start':
        return this.#openBlock(countOf(event['index']) ?? 0, objectOf(event['content_block']) ?? {})
      case 'content_block_delta':
        return this.#open.get(countOf(event['index']) ?? 0)?.delta(objectOf(event['delta']) ?? {})
      case 'content_block_stop':
        return this.#closeBlock(countOf(event['index']) ?? 0)
      case 'message_delta':
        this.#tell({ ...event, ...objectOf(event['delta']) })
        return this.#delta(objectOf(event['delta']) ?? {}, objectOf(event['usage']))
      case 'message_stop':
        return this.#stop()
      case 'ping':
        return log.push({ type: 'alive' })
    }
  }

  /** Decodes a whole reply, as a stream in which every block comes at once. */
  result(body: JsonObject): void {
    this.#start(body)
    for (const [index, block] of arrayOf(body['content']).filter(isObject).entries()) {
      this.#openBlock(index, block)
      this.#closeBlock(index)
    }
    this.#delta(body, undefined)
    this.#stop()
  }

  #start(message: JsonObject): void {
    this.#answer.log.push({ type: 'start', upstreamId: stringOf(message['id']) })
    this.#tell(message)
    this.#count(objectOf(message['usage']))
  }

  /** Passes on the fields of the whole answer that only this protocol has. */
  #tell(message: JsonObject): void {
    const value = nativeFields(message)
    if (value !== null) this.#answer.log.push({ type: 'vendor-fields', item: { language: protocolName, value } })
  }

  #openBlock(index: number, block: JsonObject): void {
    this.#open.set(index, openBlock(block, this.#answer))
  }

  #closeBlock(index: number): void {
    this.#open.get(index)?.end()
    if (this.#open.delete(index)) this.#answer.log.push({ type: 'part-end', choice: 0 })
  }

  #delta(delta: JsonObject, usage: JsonObject | undefined): void {
    this.#stopReason = stringOf(delta['stop_reason']) || this.#stopReason
    this.#stopSequence = stringOf(delta['stop_sequence']) ?? this.#stopSequence
    const refusal = stringOf(objectOf(delta['stop_details'])?.['explanation'])
    if (refusal) this.#answer.log.push({ type: 'refusal-delta', choice: 0, text: refusal })
    this.#count(usage)
  }

  /** Counts are cumulative, and each event has only some of them. */
  #count(usage: JsonObject | undefined): void {
    if (usage === undefined) return
    this.#usage = mergeCounts(this.#usage, usage)
    // A stream begins with one token counted; an empty answer sets the count back to 0 at its end.
    if (!this.#answer.log.produced && usage['output_tokens'] === 0) this.#usage = { ...this.#usage, output_tokens: 0 }
    this.#answer.log.push({ type: 'usage', usage: decodeUsage(this.#usage), serviceTier: this.#serviceTier() })
  }

  #serviceTier(): string | undefined {
    return decodeServiceTier(this.#usage['service_tier'])
  }

  #stop(): void {
    const { log, calls } = this.#answer
    const native = this.#stopReason
    for (const index of this.#open.keys()) this.#closeBlock(index)
    if (native === undefined) {
      return log.fail('The provider ended the answer without a stop reason: it may be cut short.')
    }
    const reason = normaliseFinish(native, calls.called)
    const ending = { serviceTier: this.#serviceTier(), stopSequence: this.#stopSequence }
    log.complete(reason, native, decodeUsage(this.#usage), ending)
  }
}

/** Makes the decoder of one call's reply. */
export const openReply = (providerName: string, names: ToolNames, answerTool: string | null): UpstreamReply =>
  openEventReply(providerName, (log) => new ReplyDecoder(log, names, answerTool))
