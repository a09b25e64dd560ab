import type { Annotation, UrlCitation } from '../../canonical/annotation.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import type { OpenToolCall, ToolCallLog } from '../vendors/tool-call-log.ts'
import { argumentsText } from '../vendors/tool-arguments.ts'
import { toolInput } from '../vendors/tool-input.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { claudeFormat } from './claude-format.ts'
import { protocolName } from './name.ts'
import { append } from '../../util/append.ts'

/** One content block on its way: in a stream it begins empty and grows, in a whole reply it begins complete. */
export interface OpenBlock {
  delta(delta: JsonObject): void
  end(): void
}

/** What the blocks of one answer share. */
export interface Answer {
  readonly log: ReplyLog
  readonly calls: ToolCallLog
  readonly names: ToolNames
  /** The tool whose call is the answer. */
  readonly answerTool: string | null
  /** UTF-16 length of the text so far. */
  textLength: number
  /** Thoughts so far. */
  thoughts: number
}

/** Begins to decode a block. Blocks that no other protocol has, such as the runs of Anthropic's own tools, are passed on as they are. */
export function openBlock(block: JsonObject, answer: Answer): OpenBlock {
  switch (block['type']) {
    case 'text':
      return new TextBlock(block, answer)
    case 'thinking':
      return new ThinkingBlock(block, answer)
    case 'redacted_thinking': {
      const data = stringOf(block['data']) ?? ''
      const detail = { type: 'encrypted', data, format: claudeFormat, index: answer.thoughts++ } as const
      answer.log.push({ type: 'reasoning-delta', choice: 0, detail })
      return passing
    }
    case 'tool_use':
      return block['name'] === answer.answerTool ? new AnswerBlock(block, answer) : new ToolBlock(block, answer)
    default:
      return new NativeBlock(block, answer)
  }
}

const passing: OpenBlock = { delta() {}, end() {} }

class TextBlock implements OpenBlock {
  readonly #answer: Answer
  readonly #start: number
  readonly #citations: JsonObject[] = []

  constructor(block: JsonObject, answer: Answer) {
    this.#answer = answer
    this.#start = answer.textLength
    this.#say(stringOf(block['text']))
    append(this.#citations, arrayOf(block['citations']).filter(isObject))
  }

  delta(delta: JsonObject): void {
    if (delta['type'] === 'text_delta') this.#say(stringOf(delta['text']))
    const citation = delta['type'] === 'citations_delta' ? objectOf(delta['citation']) : undefined
    if (citation !== undefined) this.#citations.push(citation)
  }

  /** Ends the block. Citations come before the text that they are for, which is the whole block. */
  end(): void {
    const place = { startIndex: this.#start, endIndex: this.#answer.textLength }
    for (const citation of this.#citations) {
      this.#answer.log.push({ type: 'annotation', choice: 0, annotation: decodeCitation(citation, place) })
    }
  }

  #say(text: string | undefined): void {
    if (!text) return
    this.#answer.textLength += text.length
    this.#answer.log.push({ type: 'text-delta', choice: 0, text })
  }
}

/** A citation of a document in the request has no address. */
function decodeCitation(value: JsonObject, place: Pick<UrlCitation, 'startIndex' | 'endIndex'>): Annotation {
  const url = stringOf(value['url']) ?? stringOf(value['source'])
  const content = stringOf(value['cited_text'])
  const original = { language: protocolName, value }
  if (url === undefined) return { type: 'document-citation', citedText: content ?? '', original }
  return { type: 'url-citation', url, title: stringOf(value['title']), content, ...place, original }
}

/** A block that grows by its arguments, or comes as a whole. */
class NativeBlock implements OpenBlock {
  readonly #answer: Answer
  readonly #block: JsonObject
  #input = ''

  constructor(block: JsonObject, answer: Answer) {
    this.#answer = answer
    this.#block = block
  }

  delta(delta: JsonObject): void {
    if (delta['type'] === 'input_json_delta') this.#input += stringOf(delta['partial_json']) ?? ''
  }

  end(): void {
    const value = this.#input === '' ? this.#block : { ...this.#block, input: toolInput(this.#input) }
    this.#answer.log.push({ type: 'vendor-item', choice: 0, item: { language: protocolName, value } })
  }
}

class ThinkingBlock implements OpenBlock {
  readonly #answer: Answer
  readonly #index: number

  constructor(block: JsonObject, answer: Answer) {
    this.#answer = answer
    this.#index = answer.thoughts++
    this.#think(stringOf(block['thinking']), stringOf(block['signature']))
  }

  delta(delta: JsonObject): void {
    if (delta['type'] === 'thinking_delta') this.#think(stringOf(delta['thinking']), undefined)
    if (delta['type'] === 'signature_delta') this.#think(undefined, stringOf(delta['signature']))
  }

  end(): void {}

  /** A thought whose words are withheld still has a signature, which has to come back. */
  #think(text: string | undefined, signature: string | undefined): void {
    if (!text && !signature) return
    const detail = {
      type: 'text',
      ...(text && { text }),
      ...(signature && { signature }),
      format: claudeFormat,
      index: this.#index,
    } as const
    this.#answer.log.push({ type: 'reasoning-delta', choice: 0, detail })
  }
}

class ToolBlock implements OpenBlock {
  readonly #call: OpenToolCall
  readonly #input: string

  constructor(block: JsonObject, { calls, names }: Answer) {
    const { type: _, id, name, input: __, ...more } = block
    const original = Object.keys(more).length === 0 ? undefined : { language: protocolName, value: more }
    this.#call = calls.begin(stringOf(id), names.fromWire(stringOf(name) ?? ''), { original })
    this.#input = wholeInput(block)
  }

  delta(delta: JsonObject): void {
    if (delta['type'] === 'input_json_delta') this.#call.add(stringOf(delta['partial_json']) ?? '')
  }

  end(): void {
    this.#call.end(this.#input)
  }
}

/** A stream begins with an empty object, whatever follows. */
function wholeInput(block: JsonObject): string {
  const input = block['input']
  return isObject(input) && Object.keys(input).length === 0 ? '' : argumentsText(input)
}

/** Structured output that was asked for as a tool: its arguments are the text. */
class AnswerBlock implements OpenBlock {
  readonly #text: TextBlock
  readonly #input: string
  #said = false

  constructor(block: JsonObject, answer: Answer) {
    this.#text = new TextBlock({}, answer)
    this.#input = wholeInput(block)
  }

  delta(delta: JsonObject): void {
    if (delta['type'] !== 'input_json_delta') return
    this.#say(stringOf(delta['partial_json']) ?? '')
  }

  end(): void {
    if (!this.#said) this.#say(this.#input || '{}')
  }

  #say(text: string): void {
    this.#said ||= text !== ''
    this.#text.delta({ type: 'text_delta', text })
  }
}
