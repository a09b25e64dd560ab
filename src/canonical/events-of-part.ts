import type { ContentEvent } from './generation-event.ts'
import type { Part } from './generation-result.ts'

/** Returns the events that a part was made of, for languages whose whole replies are what a stream adds up to. Texts that were apart stay apart. */
export function eventsOf(part: Part): readonly ContentEvent[] {
  const choice = 0
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-delta', choice, text: part.text, ...(part.logprobs && { logprobs: part.logprobs }) },
        { type: 'part-end', choice, ...(part.original && { original: part.original }) },
      ]
    case 'refusal':
      return [{ type: 'refusal-delta', choice, text: part.text }]
    case 'reasoning':
      return [{ type: 'reasoning-delta', choice, detail: part.detail }]
    case 'tool-call': {
      const { index, id, name, original, arguments: given } = part
      return [
        { type: 'tool-call-start', choice, index, id, name, original },
        { type: 'tool-call-delta', choice, index, arguments: given },
        { type: 'part-end', choice },
      ]
    }
    case 'annotation':
      return [{ type: 'annotation', choice, annotation: part.annotation }]
    case 'image':
      return [{ type: 'image', choice, url: part.url }]
    case 'vendor-item':
      return [{ type: 'vendor-item', choice, item: part.item }]
    case 'server-tool': {
      const { type: _, status, result, ...call } = part
      const made = { type: 'server-tool-call', choice, ...call } as const
      if (status === null || result === null) return [made]
      return [made, { type: 'server-tool-result', choice, id: part.id, tool: part.tool, status, result }]
    }
    case 'audio':
      return []
  }
}
