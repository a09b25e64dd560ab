import type { UrlCitation } from '../../canonical/annotation.ts'
import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { decodeServiceTier } from '../vendors/service-tier.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import { normaliseFinish } from '../vendors/finish-reason.ts'
import { mergeCounts } from '../vendors/merge-counts.ts'
import { type OpenToolCall, ToolCallLog } from '../vendors/tool-call-log.ts'
import { argumentsText } from '../vendors/tool-arguments.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { decodeCitation } from './decode-citation.ts'
import { decodeException } from '../vendors/aws-failure.ts'
import { decodeUsage } from './decode-usage.ts'

/** The facts about the request that the decoder needs. */
export interface ConverseExpectation {
  readonly providerName: string
  readonly names: ToolNames
  readonly answerTool: string | null
  readonly reasoningFormat: ReasoningFormat
}

/** A block of text. Its citations are for the whole block. */
interface OpenText {
  readonly kind: 'text'
  /** Where it begins in the answer. */
  readonly start: number
  readonly citations: UrlCitation[]
}

/** A block of reasoning. Encrypted bytes that come in pieces are one thought. */
interface OpenThought {
  readonly kind: 'thought'
  readonly index: number
  readonly sealed: Buffer[]
  /** The size of the encrypted pieces, in bytes of memory. */
  weight: number
}

/** A block of the answer that is being written. */
type OpenBlock =
  | { readonly kind: 'call'; readonly call: OpenToolCall }
  /** The tool whose arguments are the answer. */
  | { readonly kind: 'answer' }
  | OpenText
  | OpenThought
  /** A tool that the provider runs itself, and what it found. */
  | { readonly kind: 'theirs' }

/**
 * The most memory for one encrypted thought, which is held until it is complete, in bytes. Each piece costs the overhead of a buffer as
 * well, which for a piece of one byte is more than its content.
 */
const heaviestSealed = 16_777_216
const bufferOverhead = 100

/** Decodes a reply, streamed or whole, into events: a whole reply is read as the stream that it could have been (principle 3). */
export class ConverseDecoder {
  readonly #log: ReplyLog
  readonly #expected: ConverseExpectation
  readonly #calls: ToolCallLog
  readonly #blocks = new Map<number, OpenBlock>()
  #thoughts = 0
  /** UTF-16 units of text so far. */
  #written = 0
  #stopReason: string | undefined
  #hasMetadata = false
  #counts: JsonObject = {}
  #usage: Usage = {}
  #serviceTier: string | undefined

  constructor(log: ReplyLog, expected: ConverseExpectation) {
    this.#log = log
    this.#expected = expected
    this.#calls = new ToolCallLog(log)
  }

  event(name: string | null, event: JsonObject): void {
    const index = countOf(event['contentBlockIndex']) ?? 0
    switch (name) {
      case 'messageStart':
        return this.#log.push({ type: 'start' })
      case 'contentBlockStart':
        return this.#start(index, objectOf(event['start']) ?? {})
      case 'contentBlockDelta':
        return this.#delta(index, objectOf(event['delta']) ?? {})
      case 'contentBlockStop':
        return this.#stop(index)
      case 'messageStop':
        this.#stopReason = stringOf(event['stopReason'])
        break
      case 'metadata':
        this.#metadata(event)
        break
      default:
        return this.#other(name, event)
    }
    // The stop reason and the metadata come in either order, and the second of them ends the stream.
    if (this.#hasMetadata && this.#stopReason !== undefined) this.close()
  }

  result(body: JsonObject): void {
    this.#log.push({ type: 'start' })
    const content = arrayOf(objectOf(objectOf(body['output'])?.['message'])?.['content'])
    for (const [index, block] of content.entries()) if (isObject(block)) this.#whole(index, block)
    this.#stopReason = stringOf(body['stopReason'])
    this.#metadata(body)
  }

  /** Ends the answer. An answer without a stop reason was cut. */
  close(): void {
    if (this.#log.ended) return
    for (const index of this.#blocks.keys()) this.#stop(index)
    const native = this.#stopReason
    if (native === undefined) {
      return this.#log.fail('The provider ended the answer without a stop reason: it may be cut short.')
    }
    const reason = normaliseFinish(native, this.#calls.called)
    this.#log.complete(reason, native, this.#usage, { serviceTier: this.#serviceTier })
  }

  #start(index: number, start: JsonObject): void {
    const use = objectOf(start['toolUse'])
    const name = stringOf(use?.['name'])
    if (use?.['type'] === 'server_tool_use' || 'toolResult' in start) this.#blocks.set(index, { kind: 'theirs' })
    else if (name === undefined) return
    else if (name === this.#expected.answerTool) this.#blocks.set(index, { kind: 'answer' })
    else {
      const call = this.#calls.begin(stringOf(use?.['toolUseId']), this.#expected.names.fromWire(name))
      this.#blocks.set(index, { kind: 'call', call })
    }
  }

  #delta(index: number, delta: JsonObject): void {
    const text = stringOf(delta['text'])
    if (text !== undefined) this.#text(index, text)
    const input = stringOf(objectOf(delta['toolUse'])?.['input'])
    if (input) this.#input(index, input)
    const reasoning = objectOf(delta['reasoningContent'])
    if (reasoning !== undefined) this.#think(index, reasoning)
    const citation = decodeCitation(delta['citation'])
    if (citation !== null) this.#openText(index).citations.push(citation)
  }

  #text(index: number, text: string): void {
    this.#openText(index)
    if (text !== '') this.#say(text)
  }

  #say(text: string): void {
    this.#written += text.length
    this.#log.push({ type: 'text-delta', choice: 0, text })
  }

  #openText(index: number): OpenText {
    const open = this.#blocks.get(index)
    if (open?.kind === 'text') return open
    const text: OpenText = { kind: 'text', start: this.#written, citations: [] }
    this.#blocks.set(index, text)
    return text
  }

  #input(index: number, input: string): void {
    const block = this.#blocks.get(index)
    if (block?.kind === 'call') block.call.add(input)
    if (block?.kind === 'answer') this.#say(input)
  }

  #think(index: number, reasoning: JsonObject): void {
    const thought = this.#thought(index)
    const text = stringOf(reasoning['text'])
    const signature = stringOf(reasoning['signature'])
    if (text || signature) {
      const detail = {
        type: 'text',
        text,
        signature,
        format: this.#expected.reasoningFormat,
        index: thought.index,
      } as const
      this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
    }
    const sealed = stringOf(reasoning['redactedContent'])
    if (sealed === undefined) return
    const piece = Buffer.from(sealed, 'base64')
    thought.sealed.push(piece)
    thought.weight += piece.length + bufferOverhead
    if (thought.weight > heaviestSealed) this.#log.fail('The provider sent a sealed thought that does not end.')
  }

  #thought(index: number): OpenThought {
    const open = this.#blocks.get(index)
    if (open?.kind === 'thought') return open
    const thought: OpenThought = { kind: 'thought', index: this.#thoughts++, sealed: [], weight: 0 }
    this.#blocks.set(index, thought)
    return thought
  }

  #stop(index: number): void {
    const block = this.#blocks.get(index)
    this.#blocks.delete(index)
    if (block?.kind === 'call') block.call.end()
    if (block?.kind === 'text') this.#cite(block)
    if (block?.kind === 'thought') this.#seal(block)
    if (block !== undefined) this.#log.push({ type: 'part-end', choice: 0 })
  }

  #cite({ start, citations }: OpenText): void {
    for (const citation of citations) {
      const annotation = { ...citation, startIndex: start, endIndex: this.#written }
      this.#log.push({ type: 'annotation', choice: 0, annotation })
    }
  }

  #seal({ sealed, index }: OpenThought): void {
    if (sealed.length === 0) return
    const data = Buffer.concat(sealed).toString('base64')
    const detail = { type: 'encrypted', data, format: this.#expected.reasoningFormat, index } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  #metadata(event: JsonObject): void {
    this.#hasMetadata = true
    const usage = objectOf(event['usage'])
    if (usage !== undefined) this.#counts = mergeCounts(this.#counts, usage)
    this.#usage = decodeUsage(this.#counts)
    this.#serviceTier = decodeServiceTier(objectOf(event['serviceTier'])?.['type'])
  }

  /** Decodes any other event. Exceptions have a message, events have none; an unknown event only shows that the stream is alive. */
  #other(name: string | null, event: JsonObject): void {
    const isException = name?.endsWith('Exception') === true || typeof event['message'] === 'string'
    if (isException) this.#log.refuse(decodeException(name ?? '', event, this.#expected.providerName))
    else this.#log.push({ type: 'alive' })
  }

  /** Decodes one block of a whole reply, as the events that a stream would have had. */
  #whole(index: number, block: JsonObject): void {
    const use = objectOf(block['toolUse'])
    const reasoning = objectOf(block['reasoningContent'])
    const cited = objectOf(block['citationsContent'])
    if (typeof block['text'] === 'string') this.#delta(index, { text: block['text'] })
    if (use !== undefined) {
      this.#start(index, block)
      const input = argumentsText(use['input']) || '{}'
      this.#delta(index, { toolUse: { input } })
    }
    if (reasoning !== undefined) {
      this.#delta(index, { reasoningContent: { ...objectOf(reasoning['reasoningText']), ...reasoning } })
    }
    for (const part of arrayOf(cited?.['content'])) this.#delta(index, objectOf(part) ?? {})
    for (const citation of arrayOf(cited?.['citations'])) this.#delta(index, { citation })
    this.#stop(index)
  }
}
