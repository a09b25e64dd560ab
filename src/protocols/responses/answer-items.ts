import type { Annotation } from '../../canonical/annotation.ts'
import type { VendorItem } from '../../canonical/content-part.ts'
import type { ContentEvent, TokenLogprob } from '../../canonical/generation-event.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { append } from '../../util/append.ts'
import { type JsonObject } from '../../util/json.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { type SealedThought, sealThought } from '../gateway-fields/sealed-thought.ts'
import { inputOfArguments } from './custom-tool.ts'
import { protocolName } from './name.ts'
import { openAiFormat } from './reasoning-format.ts'
import { encodeRun } from './run-items.ts'
import { nameFields, type ShortNames } from './tool-group.ts'

type Thought = Extract<ReasoningDetail, { type: 'text' | 'summary' }>
type Call = Extract<ContentEvent, { type: 'tool-call-start' }>
type RunStart = Extract<ContentEvent, { type: 'server-tool-call' }>

interface Opened {
  readonly place: number
  readonly id: string
}

interface TextPart {
  readonly type: 'output_text' | 'refusal'
  text: string
  readonly annotations: JsonObject[]
  readonly logprobs: JsonObject[]
  /** Where it stands, as every event about it says: serialised once. */
  readonly place: string
}

type OpenItem =
  | (Opened & {
      readonly type: 'message'
      readonly parts: TextPart[]
      offset: number
      /** The end of its text came. Annotations may still follow, but no more text. */
      end?: { readonly original: VendorItem | undefined }
    })
  | (Opened & {
      readonly type: 'reasoning'
      readonly first: ReasoningDetail
      readonly parts: ThoughtPart[]
      signature: string
      data?: string
    })

interface ThoughtPart {
  readonly index: number | undefined
  readonly type: Thought['type']
  text: string
}

interface OpenCall extends Opened {
  readonly call: Call
  readonly isCustom: boolean
  arguments: string
}

/** What is needed of the request and of the answer's identity. */
export interface ItemSetting {
  /** Makes the ids of items. */
  readonly suffix: string
  /** The names of the tools that take free text. */
  readonly customTools: ReadonlySet<string>
  /** The names of tools within their groups. */
  readonly shortNames: ShortNames
  readonly excludesReasoning: boolean
  readonly write: (event: JsonObject) => void
}

/**
 * Turns the events of an answer into output items and the events about them. Calls may be mixed: each has its place. The items that are
 * complete are the output of the whole.
 */
export class AnswerItems {
  readonly #setting: ItemSetting
  readonly #done: (JsonObject | undefined)[] = []
  readonly #calls = new Map<number, OpenCall>()
  readonly #runs = new Map<string, { readonly run: RunStart; readonly place: number }>()
  #open: OpenItem | null = null
  #lastCall: OpenCall | null = null
  #textLength = 0

  constructor(setting: ItemSetting) {
    this.#setting = setting
  }

  /** The items that are complete, in their order. */
  get output(): readonly JsonObject[] {
    return this.#done.filter((item) => item !== undefined)
  }

  add(event: ContentEvent): void {
    if (event.choice !== 0) return
    switch (event.type) {
      case 'text-delta':
        if (event.text !== '' || event.logprobs !== undefined) this.#say('output_text', event.text, event.logprobs)
        return
      case 'refusal-delta':
        return this.#say('refusal', event.text, undefined)
      case 'reasoning-delta':
        if (!this.#setting.excludesReasoning) this.#think(event.detail)
        return
      case 'annotation':
        return this.#cite(event.annotation)
      case 'tool-call-start':
        return this.#beginCall(event)
      case 'tool-call-delta':
        return this.#growCall(event.index, event.arguments)
      case 'image':
        return this.#whole('ig', { type: 'image_generation_call', status: 'completed', ...imageResult(event.url) })
      case 'vendor-item':
        return this.#vendorItem(event.item)
      case 'server-tool-call':
        return this.#beginRun(event)
      case 'server-tool-result':
        return this.#endRun(event)
      case 'part-end':
        return this.#endPart(event.original)
      case 'finish':
        return this.end('completed')
      case 'audio-delta':
      // The language has no word for it.
    }
  }

  /** Adds to the text that is open, and returns where that stands, for the one event that tells of it. Null: none is open. */
  growText(text: string): string | null {
    const open = this.#open
    const part = open?.type === 'message' && open.end === undefined ? open.parts.at(-1) : undefined
    if (part?.type !== 'output_text') return null
    part.text += text
    this.#textLength += text.length
    return part.place
  }

  /** Completes what is open. */
  end(status: 'completed' | 'incomplete'): void {
    this.#close(status)
    for (const index of this.#calls.keys()) this.#endCall(index, undefined, status)
  }

  #say(type: TextPart['type'], text: string, logprobs: readonly TokenLogprob[] | undefined): void {
    const { item, part, content_index } = this.#textPart(type)
    part.text += text
    if (type === 'output_text') this.#textLength += text.length
    const tokens = logprobs?.map(encodeToken) ?? []
    append(part.logprobs, tokens)
    const at = { item_id: item.id, output_index: item.place, content_index }
    if (type === 'refusal') this.#setting.write({ type: 'response.refusal.delta', ...at, delta: text })
    else this.#setting.write({ type: 'response.output_text.delta', ...at, delta: text, logprobs: tokens })
  }

  #textPart(type: TextPart['type'], isCitation = false) {
    let item = this.#open?.type === 'message' && (this.#open.end === undefined || isCitation) ? this.#open : null
    if (item === null) {
      item = {
        ...this.#begin('msg', { type: 'message', status: 'in_progress', role: 'assistant', content: [] }),
        type: 'message',
        parts: [],
        offset: this.#textLength,
      }
      this.#open = item
    }
    let part = item.parts.at(-1)
    if (part?.type !== type) {
      this.#endTextPart(item)
      const at = { item_id: item.id, output_index: item.place, content_index: item.parts.length }
      part = { type, text: '', annotations: [], logprobs: [], place: JSON.stringify(at).slice(1, -1) }
      item.parts.push(part)
      this.#setting.write({ type: 'response.content_part.added', ...at, part: encodePart(part) })
    }
    return { item, part, content_index: item.parts.length - 1 }
  }

  #cite(annotation: Annotation): void {
    if (annotation.type !== 'url-citation') return
    const { item, part, content_index } = this.#textPart('output_text', true)
    const { url, title = '', startIndex = item.offset, endIndex = startIndex } = annotation
    const place = (index: number): number => Math.max(0, index - item.offset)
    const encoded = { type: 'url_citation', url, title, start_index: place(startIndex), end_index: place(endIndex) }
    const annotation_index = part.annotations.push(encoded) - 1
    const at = { item_id: item.id, output_index: item.place, content_index, annotation_index }
    this.#setting.write({ type: 'response.output_text.annotation.added', ...at, annotation: encoded })
  }

  #endTextPart(item: Extract<OpenItem, { type: 'message' }>): void {
    const part = item.parts.at(-1)
    if (part === undefined) return
    const at = { item_id: item.id, output_index: item.place, content_index: item.parts.length - 1 }
    const { text, logprobs } = part
    if (part.type === 'refusal') this.#setting.write({ type: 'response.refusal.done', ...at, refusal: text })
    else this.#setting.write({ type: 'response.output_text.done', ...at, text, logprobs })
    this.#setting.write({ type: 'response.content_part.done', ...at, part: encodePart(part) })
  }

  #think(detail: ReasoningDetail): void {
    if (detail.type === 'server-tool-call') {
      const { toolCallId, index = 0, toolName: tool, arguments: given, result } = detail
      const run = {
        id: toolCallId ?? String(index),
        tool,
        arguments: given,
        turn: index,
        status: 'completed',
        result,
      } as const
      return this.#whole('st', encodeRun(run))
    }
    let item = this.#open?.type === 'reasoning' && isSameItem(this.#open.first, detail) ? this.#open : null
    if (item === null) {
      const opened = this.#begin('rs', { type: 'reasoning', summary: [], status: 'in_progress' }, idOf(detail))
      item = { ...opened, type: 'reasoning', first: detail, parts: [], signature: '' }
      this.#open = item
    }
    if (detail.type === 'encrypted') item.data = detail.data
    else this.#thinkAloud(item, detail)
  }

  #thinkAloud(item: Extract<OpenItem, { type: 'reasoning' }>, detail: Thought): void {
    const text = (detail.type === 'text' ? detail.text : detail.summary) ?? ''
    if (detail.type === 'text' && detail.signature) item.signature += detail.signature
    let part = item.parts.at(-1)
    if (part === undefined || part.type !== detail.type || part.index !== detail.index) {
      if (text === '' && part !== undefined) return
      this.#endThoughtPart(item)
      part = { type: detail.type, index: detail.index, text: '' }
      item.parts.push(part)
      const type = part.type === 'summary' ? 'response.reasoning_summary_part.added' : 'response.content_part.added'
      this.#setting.write({ type, ...placeOf(item), part: encodeThought(part) })
    }
    if (text === '') return
    part.text += text
    const type = part.type === 'summary' ? 'response.reasoning_summary_text.delta' : 'response.reasoning_text.delta'
    this.#setting.write({ type, ...placeOf(item), delta: text })
  }

  #endThoughtPart(item: Extract<OpenItem, { type: 'reasoning' }>): void {
    const part = item.parts.at(-1)
    if (part === undefined) return
    const isSummary = part.type === 'summary'
    const kind = isSummary ? 'response.reasoning_summary_text.done' : 'response.reasoning_text.done'
    this.#setting.write({ type: kind, ...placeOf(item), text: part.text })
    const type = isSummary ? 'response.reasoning_summary_part.done' : 'response.content_part.done'
    this.#setting.write({ type, ...placeOf(item), part: encodeThought(part) })
  }

  #beginCall(call: Call): void {
    this.#close('completed')
    const isCustom = this.#setting.customTools.has(call.name)
    const about = {
      call_id: call.id,
      ...nameFields(call.name, this.#setting.shortNames),
      ...ownOf(call.original),
      status: 'in_progress',
    }
    const opened = isCustom
      ? this.#begin('ctc', { type: 'custom_tool_call', ...about, input: '' })
      : this.#begin('fc', { type: 'function_call', ...about, arguments: '' })
    this.#lastCall = { ...opened, call, isCustom, arguments: '' }
    this.#calls.set(call.index, this.#lastCall)
  }

  #growCall(index: number, text: string): void {
    const call = this.#calls.get(index)
    if (call === undefined || text === '') return
    this.#lastCall = call
    call.arguments += text
    if (call.isCustom) return
    const at = { item_id: call.id, output_index: call.place }
    this.#setting.write({ type: 'response.function_call_arguments.delta', ...at, delta: text })
  }

  #endCall(index: number, original: VendorItem | undefined, status: 'completed' | 'incomplete'): void {
    const open = this.#calls.get(index)
    if (open === undefined) return
    this.#calls.delete(index)
    const { call, isCustom, id, place, arguments: given } = open
    const at = { item_id: id, output_index: place }
    const named = nameFields(call.name, this.#setting.shortNames)
    const about = { call_id: call.id, ...named, ...ownOf(call.original), ...ownOf(original), status }
    if (isCustom) {
      const input = inputOfArguments(given)
      this.#setting.write({ type: 'response.custom_tool_call_input.delta', ...at, delta: input })
      this.#setting.write({ type: 'response.custom_tool_call_input.done', ...at, input })
      return this.#finish(place, { type: 'custom_tool_call', id, ...about, input })
    }
    this.#setting.write({ type: 'response.function_call_arguments.done', ...at, name: named['name'], arguments: given })
    this.#finish(place, { type: 'function_call', id, ...about, arguments: given })
  }

  #beginRun(run: RunStart): void {
    this.#close('completed')
    const { place } = this.#begin('st', encodeRun({ ...run, status: null, result: null }), `st_${run.id}`)
    this.#runs.set(run.id, { run, place })
  }

  #endRun({ id, status, result }: Extract<ContentEvent, { type: 'server-tool-result' }>): void {
    const begun = this.#runs.get(id)
    this.#runs.delete(id)
    if (begun !== undefined) this.#finish(begun.place, encodeRun({ ...begun.run, status, result }))
  }

  #vendorItem({ language, value }: VendorItem): void {
    if (language === protocolName) this.#whole('item', value)
  }

  #endPart(original: VendorItem | undefined): void {
    const open = this.#open
    if (open?.type === 'message' && open.end === undefined) open.end = { original }
    else if (open?.type === 'reasoning') this.#close('completed', original)
    else if (this.#lastCall !== null) this.#endCall(this.#lastCall.call.index, original, 'completed')
  }

  #whole(prefix: string, item: JsonObject): void {
    this.#close('completed')
    const given = typeof item['id'] === 'string' ? item['id'] : undefined
    const { place, id } = this.#begin(prefix, item, given)
    this.#finish(place, { ...item, id })
  }

  #begin(prefix: string, item: JsonObject, id = this.#newId(prefix)): Opened {
    this.#close('completed')
    const place = this.#done.push(undefined) - 1
    this.#setting.write({ type: 'response.output_item.added', output_index: place, item: { ...item, id } })
    return { place, id }
  }

  #newId = (prefix: string): string => `${prefix}_${this.#setting.suffix}${this.#done.length}`

  #close(status: 'completed' | 'incomplete', original?: VendorItem): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    if (open.type === 'message') {
      this.#endTextPart(open)
      const { id, place, end } = open
      const about = { id, status: end === undefined ? status : 'completed', role: 'assistant' }
      const content = open.parts.map(encodePart)
      return this.#finish(place, { type: 'message', ...about, content, ...ownOf(end?.original) })
    }
    this.#endThoughtPart(open)
    this.#finish(open.place, { ...encodeReasoning(open), ...ownOf(original) })
  }

  #finish(place: number, item: JsonObject): void {
    this.#done[place] = item
    this.#setting.write({ type: 'response.output_item.done', output_index: place, item })
  }
}

/** The fields of an item that only this language has. */
const ownOf = (original: VendorItem | undefined): JsonObject =>
  original?.language === protocolName ? original.value : {}

const encodePart = ({ type, text, annotations, logprobs }: TextPart): JsonObject =>
  type === 'refusal' ? { type, refusal: text } : { type, annotations: [...annotations], logprobs: [...logprobs], text }

const encodeThought = ({ type, text }: ThoughtPart): JsonObject => ({
  type: type === 'summary' ? 'summary_text' : 'reasoning_text',
  text,
})

const encodeToken = ({ token, logprob, bytes, top }: TokenLogprob): JsonObject => ({
  token,
  logprob,
  bytes: bytes ?? [],
  top_logprobs: top.map((other) => ({ ...other, bytes: other.bytes ?? [] })),
})

const idOf = ({ id }: ReasoningDetail): string | undefined => (id?.startsWith('rs_') ? id : undefined)

const isSameItem = (one: ReasoningDetail, other: ReasoningDetail): boolean =>
  (one.id ?? null) === (other.id ?? null) && (one.format ?? null) === (other.format ?? null)

function placeOf({ id, place, parts }: Extract<OpenItem, { type: 'reasoning' }>): JsonObject {
  const last = parts.at(-1)
  const index = parts.filter(({ type }) => type === last?.type).length - 1
  return {
    item_id: id,
    output_index: place,
    ...(last?.type === 'summary' ? { summary_index: index } : { content_index: index }),
  }
}

/** What other vendors say of their thoughts is sealed where this language has what is encrypted. */
function encodeReasoning({ id, first, parts, signature, data }: Extract<OpenItem, { type: 'reasoning' }>): JsonObject {
  const summaries = parts.filter(({ type }) => type === 'summary')
  const thoughts = parts.filter(({ type }) => type === 'text')
  const { format = null } = first
  const isPlain = format === openAiFormat
  const words = parts[0]?.type ?? null
  const sealed: SealedThought = {
    id: first.id,
    format,
    words,
    ...(signature !== '' && { signature }),
    ...(data !== undefined && { data }),
  }
  const encrypted = isPlain ? data : sealThought(sealed)
  return {
    type: 'reasoning',
    id,
    summary: summaries.map(encodeThought),
    ...(thoughts.length > 0 && { content: thoughts.map(encodeThought) }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
    ...(!isPlain && { format: format ?? 'unknown' }),
    ...(signature !== '' && { signature }),
  }
}

/** A picture as OpenAI's own tool gives it: base64 alone, where it came inline. */
function imageResult(url: string): JsonObject {
  const inline = parseDataUrl(url)
  return inline === null
    ? { result: url }
    : { result: inline.data, output_format: inline.mediaType.replace('image/', '') }
}
