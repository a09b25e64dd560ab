import type { CitationFinder } from '../../canonical/cite-sources.ts'
import { ResultFold } from '../../canonical/fold-result.ts'
import type { AnswerEvent, ContentEvent } from '../../canonical/generation-event.ts'
import type { AssistantMessage } from '../../canonical/message.ts'
import type { ToolCall } from '../../canonical/tool.ts'
import { addUsage, type Usage } from '../../canonical/usage.ts'
import type { NamedTools } from './open-tools.ts'
import type { ServerToolCall } from './run-calls.ts'

type Finish = Extract<ContentEvent, { type: 'finish' }>

/**
 * What the client sees of one turn, and what the loop learns from it. The calls of server tools are hidden, and so is the finish until the
 * loop decides whether the turn was the last. The client sees one start and one sequence of text over all turns.
 */
export class TurnView {
  readonly #tools: NamedTools
  readonly #citations: CitationFinder
  readonly #isFirst: boolean
  /** The length of the text of earlier turns, by which the positions of the upstream's own citations are moved. */
  readonly #offset: number
  readonly #fold = new ResultFold()
  /** The indices that the client sees for its own calls, by those of the turn. */
  readonly #indices = new Map<number, number>()
  readonly #hidden = new Set<number>()
  #length = 0
  finish: Finish | null = null
  /** What the upstream reported, with the turns before: an answer that breaks off later keeps it. */
  usage: Usage
  readonly #earlierUsage: Usage

  constructor(tools: NamedTools, citations: CitationFinder, isFirst: boolean, offset: number, usage: Usage) {
    this.#tools = tools
    this.#citations = citations
    this.#isFirst = isFirst
    this.#offset = offset
    this.usage = usage
    this.#earlierUsage = usage
  }

  /** The length of the text of this turn, in UTF-16 units. */
  get length(): number {
    return this.#length
  }

  /** Returns the events of a batch that the client is to see. */
  pass(batch: readonly AnswerEvent[]): readonly AnswerEvent[] {
    this.#fold.add(batch)
    return batch.flatMap((event) => this.#shown(event))
  }

  #shown(event: AnswerEvent): readonly AnswerEvent[] {
    switch (event.type) {
      case 'start':
      case 'committed':
      case 'upstream-request':
        return this.#isFirst ? [event] : []
      case 'text-delta': {
        if (event.choice !== 0) return [event]
        this.#length += event.text.length
        const found = this.#citations.add(event.text)
        return [event, ...found.map((annotation) => ({ type: 'annotation', choice: 0, annotation }) as const)]
      }
      case 'annotation':
        return [this.#moved(event)]
      case 'usage':
        this.usage = addUsage(this.#earlierUsage, event.usage)
        return [{ ...event, usage: this.usage }]
      case 'tool-call-start': {
        if (event.choice !== 0) return [event]
        if (this.#tools.has(event.name)) {
          this.#hidden.add(event.index)
          return []
        }
        const index = this.#indices.size
        this.#indices.set(event.index, index)
        return [{ ...event, index }]
      }
      case 'tool-call-delta':
        if (event.choice !== 0) return [event]
        return this.#hidden.has(event.index) ? [] : [{ ...event, index: this.#indices.get(event.index) ?? event.index }]
      case 'finish':
        if (event.choice !== 0) return this.#isFirst ? [event] : []
        this.finish = event
        return []
      default:
        return [event]
    }
  }

  #moved(event: Extract<ContentEvent, { type: 'annotation' }>): ContentEvent {
    const { annotation } = event
    if (this.#offset === 0 || annotation.type !== 'url-citation' || annotation.startIndex === undefined) return event
    const { startIndex, endIndex } = annotation
    const moved = {
      ...annotation,
      startIndex: startIndex + this.#offset,
      ...(endIndex !== undefined && { endIndex: endIndex + this.#offset }),
    }
    return { ...event, annotation: moved }
  }

  /** Returns the calls that the turn made: of server tools, and of the client's own functions. */
  calls(): { readonly ours: readonly ServerToolCall[]; readonly theirs: readonly ToolCall[] } {
    const ours: ServerToolCall[] = []
    const theirs: ToolCall[] = []
    for (const { id, name, arguments: given } of this.#toolCalls()) {
      const tool = this.#tools.get(name)
      if (tool === undefined) theirs.push({ id, name, arguments: given })
      else ours.push({ id, name, arguments: given, type: tool.type, tool: tool.tool })
    }
    return { ours, theirs }
  }

  #toolCalls(): readonly ToolCall[] {
    return this.#parts().flatMap((part) => (part.type === 'tool-call' ? [part] : []))
  }

  /** Returns the message that the model's answer becomes in the next turn, with its thoughts and signatures as they came. */
  message(): AssistantMessage {
    const parts = this.#parts()
    const reasoningDetails = parts.flatMap((part) => (part.type === 'reasoning' ? [part.detail] : []))
    return {
      role: 'assistant',
      content: parts.flatMap((part) =>
        part.type === 'text' && part.text !== '' ? [{ type: 'text', text: part.text }] : [],
      ),
      toolCalls: this.#toolCalls().map(({ id, name, arguments: given }) => ({ id, name, arguments: given })),
      ...(reasoningDetails.length > 0 && { reasoningDetails }),
    }
  }

  #parts() {
    return this.#fold.result().choices.find(({ index }) => index === 0)?.parts ?? []
  }
}
