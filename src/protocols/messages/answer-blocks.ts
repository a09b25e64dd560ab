import type { Annotation } from '../../canonical/annotation.ts'
import type { VendorItem } from '../../canonical/content-part.ts'
import type { ContentEvent } from '../../canonical/generation-event.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { isObject, type JsonObject, parseJson } from '../../util/json.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { claudeFormat } from './claude-format.ts'
import { type SealedThought, sealThought } from '../gateway-fields/sealed-thought.ts'
import { protocolName } from './name.ts'
import { runBlock, runResultBlock } from './run-blocks.ts'

type Thought = Extract<ReasoningDetail, { type: 'text' | 'summary' }>

type OpenBlock =
  /** A text that is over stays open for what is cited of it, until something else begins. */
  | { readonly type: 'text'; isOver: boolean }
  | { readonly type: 'thinking'; readonly first: Thought; signature: string | null; data?: string }
  | { readonly type: 'tool_use'; readonly call: number; arguments: string }

type CallEvent = Extract<ContentEvent, { type: 'tool-call-start' | 'tool-call-delta' }>

/**
 * Turns the events of an answer into content blocks, one after the other: the events of a stream, from which a whole reply is put
 * together as a client would. A language that this one knows nothing of may mix the arguments of several calls: those of a later call
 * wait until the call before it is complete.
 */
export class AnswerBlocks {
  readonly #write: (event: JsonObject) => void
  /** Whether the words of thoughts are left out; what has to come back stays. */
  readonly #omitsThoughts: boolean
  #open: OpenBlock | null = null
  #waiting: CallEvent[] = []
  #refusal = ''
  /** How many blocks have begun. */
  count = 0

  constructor(write: (event: JsonObject) => void, omitsThoughts: boolean) {
    this.#write = write
    this.#omitsThoughts = omitsThoughts
  }

  /** What the model said when it refused; the language tells it beside the content. */
  get refusal(): string {
    return this.#refusal
  }

  /** Whether a text can be added to the last block as it is. */
  get isInText(): boolean {
    return this.#open?.type === 'text' && !this.#open.isOver && this.#waiting.length === 0
  }

  add(event: ContentEvent): void {
    if (event.choice !== 0) return
    switch (event.type) {
      case 'text-delta':
        if (event.text !== '') this.#say(event.text)
        return
      case 'reasoning-delta':
        return this.#think(event.detail)
      case 'refusal-delta':
        this.#refusal += event.text
        return
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.#call(event)
      case 'annotation':
        return this.#cite(event.annotation)
      case 'image':
        return this.#whole({ type: 'image', source: imageSource(event.url) })
      case 'vendor-item':
        return this.#vendorItem(event.item)
      case 'server-tool-call':
        return this.#whole(runBlock(event))
      case 'server-tool-result':
        return this.#whole(runResultBlock(event.tool, event.id, event.result))
      case 'part-end':
        if (this.#open?.type === 'text') this.#open.isOver = true
        else this.#close()
        return
      case 'finish':
        return this.#finish()
      case 'audio-delta':
      // The language has no word for it, and no way to ask for it.
    }
  }

  #say(text: string): void {
    if (!this.isInText) {
      this.#begin({ type: 'text', isOver: false }, { type: 'text', text: '', citations: null })
    }
    this.#delta({ type: 'text_delta', text })
  }

  #cite(annotation: Annotation): void {
    if (annotation.type === 'file') return
    if (this.#open?.type !== 'text') {
      this.#begin({ type: 'text', isOver: true }, { type: 'text', text: '', citations: null })
    }
    this.#delta({ type: 'citations_delta', citation: encodeCitation(annotation) })
  }

  #think(detail: ReasoningDetail): void {
    switch (detail.type) {
      case 'encrypted':
        return this.#thinkInSecret(detail)
      case 'server-tool-call': {
        const run = {
          id: detail.toolCallId ?? String(detail.index ?? 0),
          tool: detail.toolName,
          arguments: detail.arguments,
        }
        this.#whole(runBlock(run))
        return this.#whole(runResultBlock(run.tool, run.id, detail.result))
      }
      default:
        return this.#thinkAloud(detail)
    }
  }

  #thinkAloud(detail: Thought): void {
    if (this.#open?.type !== 'thinking' || !isSame(this.#open.first, detail)) {
      this.#begin(
        { type: 'thinking', first: detail, signature: null },
        { type: 'thinking', thinking: '', signature: '' },
      )
    }
    const text = detail.type === 'text' ? detail.text : detail.summary
    if (text && !this.#omitsThoughts) this.#delta({ type: 'thinking_delta', thinking: text })
    const signature = detail.type === 'text' ? detail.signature : null
    if (!signature) return
    if (detail.format === claudeFormat) this.#delta({ type: 'signature_delta', signature })
    else if (this.#open?.type === 'thinking') this.#open.signature = (this.#open.signature ?? '') + signature
  }

  #thinkInSecret({ data, format, id }: Extract<ReasoningDetail, { type: 'encrypted' }>): void {
    if (format === claudeFormat) return this.#whole({ type: 'redacted_thinking', data })
    const open = this.#open
    if (open?.type === 'thinking' && open.first.format === format && (open.first.id ?? null) === (id ?? null)) {
      open.data = data
      return this.#close()
    }
    this.#whole({ type: 'redacted_thinking', data: sealThought({ id, format, words: null, data }) })
  }

  #call(event: CallEvent): void {
    const open = this.#open
    if (this.#waiting.length > 0) {
      this.#waiting.push(event)
    } else if (event.type === 'tool-call-delta') {
      if (open?.type !== 'tool_use' || open.call !== event.index || event.arguments === '') return
      open.arguments += event.arguments
      this.#delta({ type: 'input_json_delta', partial_json: event.arguments })
    } else if (open?.type === 'tool_use' && !isComplete(open.arguments)) {
      this.#waiting.push(event)
    } else {
      this.#beginCall(event)
    }
    if (this.#waiting.length > 0) this.#catchUp()
  }

  /** What belongs to the open call is taken out of those that wait; once it is complete, the next call begins. */
  #catchUp(isEnd = false): void {
    const open = this.#open
    if (open?.type === 'tool_use') {
      const own = this.#waiting.filter((event) => event.type === 'tool-call-delta' && event.index === open.call)
      this.#waiting = this.#waiting.filter((event) => !own.includes(event))
      for (const event of own) {
        if (event.type !== 'tool-call-delta' || event.arguments === '') continue
        open.arguments += event.arguments
        this.#delta({ type: 'input_json_delta', partial_json: event.arguments })
      }
      if (!isEnd && !isComplete(open.arguments)) return
    }
    const next = this.#waiting.findIndex(({ type }) => type === 'tool-call-start')
    const [start] = next === -1 ? [] : this.#waiting.splice(next, 1)
    if (start?.type !== 'tool-call-start') {
      this.#waiting = []
      return
    }
    this.#beginCall(start)
    this.#catchUp(isEnd)
  }

  #beginCall({ index, id, name, original }: Extract<CallEvent, { type: 'tool-call-start' }>): void {
    const own = original?.language === protocolName ? original.value : {}
    const block = { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' }, ...own }
    this.#begin({ type: 'tool_use', call: index, arguments: '' }, block)
  }

  /** What the upstream's own tools did; the arguments of a call come as its parts. */
  #vendorItem({ language, value }: VendorItem): void {
    if (language !== protocolName) return
    const { input } = value
    if (!isObject(input)) return this.#whole(value)
    this.#begin(null, { ...value, input: {} })
    this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) })
    this.#end()
  }

  #finish(): void {
    if (this.#waiting.length > 0) this.#catchUp(true)
    this.#close()
  }

  #whole(block: JsonObject): void {
    this.#begin(null, block)
    this.#end()
  }

  #begin(open: OpenBlock | null, block: JsonObject): void {
    if (open?.type !== 'tool_use' && this.#waiting.length > 0) this.#catchUp(true)
    this.#close()
    this.#open = open
    this.#write({ type: 'content_block_start', index: this.count++, content_block: block })
  }

  #delta(delta: JsonObject): void {
    this.#write({ type: 'content_block_delta', index: this.count - 1, delta })
  }

  #close(): void {
    const open = this.#open
    if (open === null) return
    if (open.type === 'thinking' && open.first.format !== claudeFormat) {
      this.#delta({ type: 'signature_delta', signature: sealThought(foreignThought(open)) })
    }
    this.#end()
  }

  #end(): void {
    this.#open = null
    this.#write({ type: 'content_block_stop', index: this.count - 1 })
  }
}

const isSame = (one: Thought, other: Thought): boolean =>
  one.type === other.type && one.format === other.format && one.index === other.index && one.id === other.id

const foreignThought = ({ first, signature, data }: Extract<OpenBlock, { type: 'thinking' }>): SealedThought => ({
  id: first.id,
  format: first.format,
  words: first.type,
  ...(signature !== null && { signature }),
  ...(data !== undefined && { data }),
})

/** Arguments that are JSON as they stand. None at all may still come. */
const isComplete = (text: string): boolean => parseJson(text) !== undefined

function imageSource(url: string): JsonObject {
  const inline = parseDataUrl(url)
  return inline === null ? { type: 'url', url } : { type: 'base64', media_type: inline.mediaType, data: inline.data }
}

function encodeCitation(annotation: Exclude<Annotation, { type: 'file' }>): JsonObject {
  const { original } = annotation
  if (original?.language === protocolName) return original.value
  if (annotation.type === 'document-citation')
    return {
      type: 'char_location',
      cited_text: annotation.citedText,
      document_index: 0,
      document_title: null,
      file_id: null,
      start_char_index: 0,
      end_char_index: 0,
    }
  const { url, title = null, content = '' } = annotation
  return { type: 'web_search_result_location', url, title, cited_text: content, encrypted_index: '' }
}
