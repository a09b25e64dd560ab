import type { Answer, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { namedEvents } from '../named-events.ts'
import type { Frame } from '../protocol.ts'
import { citation, cohereUsage, finishOf, textOf } from './cohere-reply.ts'

const { frame } = namedEvents('')

/** Returns the events of a streamed reply. Each tool call is complete before the next one begins. */
export function cohereFrames(id: string, answer: Answer, settings: ReplySettings): readonly Frame[] {
  const pieces = answer.choices[0]?.pieces ?? []
  const calls = pieces.filter((piece) => piece.type === 'tool-call')
  const thoughts = pieces.filter((piece) => piece.type === 'reasoning')
  const words = pieces.filter((piece) => textOf(piece, 'text') !== '')
  const isPlan = calls.length > 0
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  return [
    event('opening', 'message-start', { id, delta: { message } }),
    ...(isPlan ? thoughts.map(planDelta) : block(0, 'thinking', thoughts)),
    ...block(isPlan || thoughts.length === 0 ? 0 : 1, 'text', words),
    ...calls.flatMap((call) => callFrames(call, pieces)),
    ...pieces.flatMap((piece, index) => (piece.type === 'citation' ? [citationFrame(index, piece)] : [])),
    event('finish', 'message-end', {
      delta: {
        finish_reason: finishOf(answer, settings),
        ...(!settings.noUsage && { usage: cohereUsage(answer.usage) }),
      },
    }),
  ]
}

const event = (kind: Frame['kind'], type: string, fields: object): Frame => ({
  kind,
  text: frame(JSON.stringify({ type, ...fields })),
})

const planDelta = (piece: Piece): Frame =>
  event('content', 'tool-plan-delta', { delta: { message: { tool_plan: textOf(piece, 'reasoning') } } })

function block(index: number, type: 'text' | 'thinking', pieces: readonly Piece[]): readonly Frame[] {
  if (pieces.length === 0) return []
  const say = (kind: 'opening' | 'content', name: string, content: object): Frame =>
    event(kind, name, { index, delta: { message: { content } } })
  return [
    say('opening', 'content-start', { type, [type]: '' }),
    ...pieces.map((piece) =>
      say('content', 'content-delta', { [type]: textOf(piece, type === 'text' ? 'text' : 'reasoning') }),
    ),
    event('opening', 'content-end', { index }),
  ]
}

function callFrames(
  { id, name, index }: Extract<Piece, { type: 'tool-call' }>,
  all: readonly Piece[],
): readonly Frame[] {
  const say = (kind: 'opening' | 'content', type: string, call: object): Frame =>
    event(kind, type, { index, delta: { message: { tool_calls: call } } })
  return [
    say('content', 'tool-call-start', { id, type: 'function', function: { name, arguments: '' } }),
    ...all.flatMap((piece) =>
      piece.type === 'tool-arguments' && piece.index === index
        ? [say('content', 'tool-call-delta', { function: { arguments: piece.text } })]
        : [],
    ),
    event('opening', 'tool-call-end', { index }),
  ]
}

const citationFrame = (index: number, piece: Extract<Piece, { type: 'citation' }>): Frame =>
  event('content', 'citation-start', { index, delta: { message: { citations: citation(piece) } } })
