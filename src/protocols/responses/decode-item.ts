import type { VendorItem } from '../../canonical/content-part.ts'
import type { ReasoningFormat } from '../../canonical/reasoning.ts'
import { arrayOf, isObject, type JsonObject, stringOf } from '../../util/json.ts'
import { decodeLogprobs } from '../vendors/decode-logprobs.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import { argumentsText } from '../vendors/tool-arguments.ts'
import { type OpenToolCall, ToolCallLog } from '../vendors/tool-call-log.ts'
import { CharacterCount } from './character-count.ts'
import { argumentsOfInput, aroundInput, escapedInput } from './custom-tool.ts'
import { decodeAnnotation } from './decode-annotation.ts'
import { protocolName } from './name.ts'
import { groupedName } from './tool-group.ts'

/** The longest id that is kept: it is repeated with every piece of the thought. A longer text is not taken for an id. */
const longestId = 512

/** A part of an item, and how much of it was decoded already. */
interface Part {
  readonly output: number
  readonly kind: PartKind
  readonly index: number
  said: number
  readonly characters: CharacterCount
  annotations: number
  /** Where its text begins in the answer's. */
  readonly offset: number
  /** A thought's place among `reasoning_details`: pieces with the same index belong together. */
  readonly detail: number
}

type PartKind = 'content' | 'summary' | 'thought'

/** The items of one response, each known by its `output_index`. */
export class ItemDecoder {
  readonly #log: ReplyLog
  readonly #format: ReasoningFormat
  readonly #calls: ToolCallLog
  readonly #openCalls = new Map<number, OpenToolCall>()
  readonly #parts = new Map<string, Part>()
  readonly #reasoningIds = new Map<number, string>()
  /** The calls whose free text has begun. */
  readonly #inputs = new Set<number>()
  #lastPart: Part | null = null
  #textLength = 0
  #details = 0

  constructor(log: ReplyLog, format: ReasoningFormat) {
    this.#log = log
    this.#format = format
    this.#calls = new ToolCallLog(log)
  }

  get calledTools(): boolean {
    return this.#calls.called
  }

  begin(output: number, item: JsonObject): void {
    if (isCall(item)) this.#call(output, item)
    if (item['type'] === 'reasoning') this.#identify(output, item)
  }

  text(output: number, index: number, text: string, logprobs?: unknown): void {
    const part = this.#part(output, 'content', index)
    const tokens = decodeLogprobs(logprobs)
    const probabilities = tokens !== undefined && tokens.length > 0 ? tokens : undefined
    if (text === '' && probabilities === undefined) return
    part.said += text.length
    part.characters.add(text)
    this.#textLength += text.length
    this.#log.push({ type: 'text-delta', choice: 0, text, logprobs: probabilities })
  }

  refusal(output: number, index: number, text: string): void {
    if (text === '') return
    this.#part(output, 'content', index).said += text.length
    this.#log.push({ type: 'refusal-delta', choice: 0, text })
  }

  annotation(output: number, index: number, value: unknown): void {
    const part = this.#part(output, 'content', index)
    part.annotations++
    const annotation = decodeAnnotation(value, part.characters, part.offset)
    if (annotation !== null) this.#log.push({ type: 'annotation', choice: 0, annotation })
  }

  summary(output: number, index: number, summary: string): void {
    if (summary === '') return
    const part = this.#part(output, 'summary', index)
    part.said += summary.length
    const detail = { type: 'summary', summary, ...this.#common(output, part.detail) } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  thought(output: number, index: number, text: string): void {
    if (text === '') return
    const part = this.#part(output, 'thought', index)
    part.said += text.length
    const detail = { type: 'text', text, ...this.#common(output, part.detail) } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  arguments(output: number, text: string): void {
    this.#openCalls.get(output)?.add(text)
  }

  /** Adds a piece of the input of a tool that takes free text. The input is the tool's only argument. */
  input(output: number, text: string): void {
    if (text === '') return
    const call = this.#openCalls.get(output)
    if (!this.#inputs.has(output)) call?.add(aroundInput.before)
    this.#inputs.add(output)
    call?.add(escapedInput(text))
  }

  end(output: number, item: JsonObject): void {
    this.#endItem(output, item)
    const original = item['type'] === 'message' ? ownFields(item, known.message) : undefined
    this.#log.push({ type: 'part-end', choice: 0, ...(original && { original }) })
  }

  #endItem(output: number, item: JsonObject): void {
    switch (item['type']) {
      case 'message':
        for (const [index, part] of parts(item['content'])) this.#endContent(output, index, part)
        break
      case 'reasoning':
        this.#endReasoning(output, item)
        break
      case 'function_call':
        this.#call(output, item).end(argumentsText(item['arguments']))
        break
      case 'custom_tool_call':
        this.#call(output, item).end(
          this.#inputs.has(output) ? aroundInput.after : argumentsOfInput(stringOf(item['input']) ?? ''),
        )
        break
      case 'image_generation_call': {
        const data = stringOf(item['result'])
        const url = `data:image/${stringOf(item['output_format']) ?? 'png'};base64,${data}`
        if (data) this.#log.push({ type: 'image', choice: 0, url })
        break
      }
      default:
        // The runs of the vendor's own tools are passed on, for clients that use this protocol.
        this.#log.push({ type: 'vendor-item', choice: 0, item: { language: protocolName, value: item } })
    }
  }

  #endContent(output: number, index: number, content: JsonObject): void {
    const part = this.#part(output, 'content', index)
    if (content['type'] === 'refusal') {
      return this.refusal(output, index, rest(content['refusal'], part))
    }
    this.text(output, index, rest(content['text'], part), part.said === 0 ? content['logprobs'] : undefined)
    for (const value of arrayOf(content['annotations']).slice(part.annotations)) this.annotation(output, index, value)
  }

  /** Encrypted reasoning is taken only from the finished item: before, it may be incomplete. */
  #endReasoning(output: number, item: JsonObject): void {
    this.#identify(output, item)
    for (const [index, { text }] of parts(item['summary'])) {
      this.summary(output, index, rest(text, this.#part(output, 'summary', index)))
    }
    for (const [index, { text }] of parts(item['content'])) {
      this.thought(output, index, rest(text, this.#part(output, 'thought', index)))
    }
    const data = stringOf(item['encrypted_content'])
    if (!data) return
    const detail = { type: 'encrypted', data, ...this.#common(output, this.#details++) } as const
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail })
  }

  #call(output: number, item: JsonObject): OpenToolCall {
    const open = this.#openCalls.get(output)
    if (open !== undefined) return open
    const original = ownFields(item, known.call)
    const call = this.#calls.begin(
      stringOf(item['call_id']),
      groupedName(stringOf(item['namespace']), stringOf(item['name']) ?? ''),
      { original },
    )
    this.#openCalls.set(output, call)
    return call
  }

  #identify(output: number, item: JsonObject): void {
    const id = stringOf(item['id'])
    if (id && id.length <= longestId) this.#reasoningIds.set(output, id)
  }

  #common(output: number, index: number) {
    return { id: this.#reasoningIds.get(output) ?? null, format: this.#format, index }
  }

  #part(output: number, kind: PartKind, index: number): Part {
    const last = this.#lastPart
    // Nearly every piece belongs to the same part as the piece before.
    if (last !== null && last.output === output && last.kind === kind && last.index === index) return last
    const key = `${output} ${kind} ${index}`
    let part = this.#parts.get(key)
    if (part === undefined) {
      const detail = kind === 'content' ? 0 : this.#details++
      const place = { output, kind, index, offset: this.#textLength, detail }
      part = { ...place, said: 0, characters: new CharacterCount(), annotations: 0 }
      this.#parts.set(key, part)
    }
    this.#lastPart = part
    return part
  }
}

const isCall = ({ type }: JsonObject): boolean => type === 'function_call' || type === 'custom_tool_call'

/** The fields of items that are decoded into events. */
const known = {
  message: new Set(['type', 'id', 'status', 'role', 'content']),
  call: new Set(['type', 'id', 'status', 'call_id', 'name', 'namespace', 'arguments', 'input']),
}

/** Returns the other fields of an item. */
function ownFields(item: JsonObject, said: ReadonlySet<string>): VendorItem | undefined {
  const value = Object.fromEntries(Object.entries(item).filter(([name, field]) => !said.has(name) && field !== null))
  return Object.keys(value).length === 0 ? undefined : { language: protocolName, value }
}

const rest = (text: unknown, { said }: Part): string => (stringOf(text) ?? '').slice(said)

const parts = (list: unknown): readonly (readonly [number, JsonObject])[] =>
  arrayOf(list).flatMap((part, index) => (isObject(part) ? [[index, part] as const] : []))
