import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { classifyFailure } from '../vendors/classify-failure.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import { argumentsText } from '../vendors/tool-arguments.ts'
import { type OpenToolCall, ToolCallLog } from '../vendors/tool-call-log.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { decodeCitation } from './decode-citation.ts'
import { decodeUsage } from './decode-usage.ts'

/** What an upstream's own failure would have been as a status. */
const failures: Readonly<Record<string, number>> = { ERROR: 502, TIMEOUT: 504 }

/** Turns one reply, streamed or whole, into events. */
export class ChatDecoder {
  readonly #log: ReplyLog
  readonly #providerName: string
  readonly #names: ToolNames
  readonly #calls: ToolCallLog
  readonly #openCalls = new Map<number, OpenToolCall>()
  readonly #details = new Map<string, number>()

  constructor(log: ReplyLog, providerName: string, names: ToolNames) {
    this.#log = log
    this.#providerName = providerName
    this.#names = names
    this.#calls = new ToolCallLog(log)
  }

  event(event: JsonObject): void {
    const index = countOf(event['index']) ?? 0
    const delta = objectOf(event['delta'])
    const message = objectOf(delta?.['message'])
    switch (event['type']) {
      case 'message-start':
        return this.#log.push({ type: 'start', upstreamId: stringOf(event['id']) })
      case 'content-start':
      case 'content-delta':
        return this.#block(index, objectOf(message?.['content']))
      case 'tool-plan-delta':
        return this.#plan(message?.['tool_plan'])
      case 'tool-call-start':
        return this.#begin(index, message?.['tool_calls'])
      case 'tool-call-delta':
        return this.#openCalls.get(index)?.add(argumentsOf(message?.['tool_calls']))
      case 'tool-call-end':
        return this.#endCall(index)
      case 'content-end':
        return this.#endPart()
      case 'citation-start':
        return this.#cite(message?.['citations'])
      case 'message-end':
        return this.#close(delta ?? {})
      default:
      // The ends of citations, and debugging, say nothing new.
    }
  }

  result(body: JsonObject): void {
    const message = objectOf(body['message'])
    this.#log.push({ type: 'start', upstreamId: stringOf(body['id']) })
    this.#plan(message?.['tool_plan'])
    for (const [index, block] of arrayOf(message?.['content']).entries()) {
      this.#block(index, objectOf(block))
      this.#endPart()
    }
    for (const [index, call] of arrayOf(message?.['tool_calls']).entries()) {
      this.#begin(index, call)
      this.#endCall(index)
    }
    for (const citation of arrayOf(message?.['citations'])) this.#cite(citation)
    this.#close(body)
  }

  #block(index: number, block: JsonObject | undefined): void {
    const text = stringOf(block?.['text'])
    if (text) this.#log.push({ type: 'text-delta', choice: 0, text })
    const thinking = stringOf(block?.['thinking'])
    if (!thinking) return
    const detail = { type: 'text', text: thinking, index: this.#detail(`thinking ${index}`) } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  /** What the model means to do with its tools: it must go back with the calls. */
  #plan(plan: unknown): void {
    const summary = stringOf(plan)
    if (!summary) return
    const detail = { type: 'summary', summary, index: this.#detail('plan') } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  /** Its place among `reasoning_details`: pieces with the same index belong together. */
  #detail(key: string): number {
    const index = this.#details.get(key) ?? this.#details.size
    this.#details.set(key, index)
    return index
  }

  #begin(index: number, value: unknown): void {
    const call = objectOf(value)
    const name = stringOf(objectOf(call?.['function'])?.['name']) ?? ''
    const open = this.#calls.begin(stringOf(call?.['id']), this.#names.fromWire(name))
    open.add(argumentsOf(call))
    this.#openCalls.set(index, open)
  }

  #endCall(index: number): void {
    this.#openCalls.get(index)?.end()
    this.#endPart()
  }

  #endPart(): void {
    this.#log.push({ type: 'part-end', choice: 0 })
  }

  #cite(citation: unknown): void {
    for (const annotation of decodeCitation(citation)) this.#log.push({ type: 'annotation', choice: 0, annotation })
  }

  #close(end: JsonObject): void {
    const native = stringOf(end['finish_reason']) ?? ''
    const status = Object.hasOwn(failures, native) ? failures[native] : undefined
    if (status !== undefined) {
      return this.#log.refuse(classifyFailure({ status, body: { message: end['error'] } }, this.#providerName))
    }
    if (native === '') return this.#log.fail('The provider ended the answer without a finish reason.')
    this.#log.complete(normaliseFinish(native, this.#calls.called), native, decodeUsage(end['usage']))
  }
}

const argumentsOf = (call: unknown): string =>
  argumentsText(isObject(call) ? objectOf(call['function'])?.['arguments'] : undefined)
