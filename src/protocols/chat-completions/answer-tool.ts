import type { CallEvent } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'
import { rereadReply } from './reread-reply.ts'

/**
 * Turns the call of a tool that stands for a structured answer back into text. Words beside the call would spoil the JSON and are
 * left out; where the model did not call, they are its answer.
 */
export function withAnswerFrom(reply: UpstreamReply): UpstreamReply {
  const choices = new Map<number, Answer>()
  const read = (events: readonly CallEvent[]): readonly CallEvent[] => events.flatMap(turnBack)
  const turnBack = (event: CallEvent): readonly CallEvent[] => {
    if (!('choice' in event)) return [event]
    const answer = choices.get(event.choice) ?? { called: null, words: [] }
    choices.set(event.choice, answer)
    switch (event.type) {
      case 'text-delta':
        if (answer.called === null) answer.words.push(event)
        return []
      case 'tool-call-start':
        answer.called ??= event.index
        return []
      case 'tool-call-delta':
        if (event.index !== answer.called) return []
        return [{ type: 'text-delta', choice: event.choice, text: event.arguments }]
      case 'finish':
        if (answer.called === null) return [...answer.words, event]
        return [event.reason === 'tool_calls' ? { ...event, reason: 'stop' } : event]
      default:
        return [event]
    }
  }
  return rereadReply(reply, read)
}

interface Answer {
  /** The index of the call. */
  called: number | null
  /** Held back until it is known whether the tool is called. */
  readonly words: CallEvent[]
}
