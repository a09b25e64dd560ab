import type { Answer, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import type { Frame } from '../protocol.ts'
import { awsEvent } from './aws-event-stream.ts'
import { converseCitation, converseUsage, stopReason, textOf } from './converse-parts.ts'
import { signatureOf } from './signature.ts'

/** Returns the events of ConverseStream. Events that only open or close something are not content: faults are counted in words. */
export function converseFrames({ choices, usage }: Answer, settings: ReplySettings): readonly Frame[] {
  const [choice] = choices
  if (choice === undefined) return []
  const content = contentFrames(choice.pieces)
  const metadata = { usage: converseUsage(usage), metrics: { latencyMs: 1 } }
  return [
    { kind: 'opening', text: awsEvent('messageStart', { role: 'assistant' }) },
    ...content,
    { kind: 'finish', text: awsEvent('messageStop', { stopReason: stopReason(choice, settings) }) },
    { kind: 'usage', text: awsEvent('metadata', metadata) },
  ]
}

function contentFrames(pieces: readonly Piece[]): readonly Frame[] {
  const frames: Frame[] = []
  const thought = pieces.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('')
  const textIndex = thought === '' ? 0 : 1
  const callIndex = textIndex + (pieces.some((piece) => textOf(piece) !== null) ? 1 : 0)
  const push = (kind: Frame['kind'], type: string, contentBlockIndex: number, more: object = {}): void => {
    frames.push({ kind, text: awsEvent(type, { contentBlockIndex, ...more }) })
  }
  const delta = (index: number, change: object): void => push('content', 'contentBlockDelta', index, { delta: change })
  let isThinking = thought !== ''
  for (const piece of pieces) {
    if (isThinking && piece.type !== 'reasoning') {
      isThinking = false
      endThought(thought, push)
    }
    const words = textOf(piece)
    if (words !== null) delta(textIndex, { text: words })
    else if (piece.type === 'reasoning') delta(0, { reasoningContent: { text: piece.text } })
    else if (piece.type === 'citation') delta(textIndex, { citation: converseCitation(piece) })
    else if (piece.type === 'tool-arguments') delta(callIndex + piece.index, { toolUse: { input: piece.text } })
    else if (piece.type === 'tool-call') {
      const start = { toolUse: { toolUseId: piece.id, name: piece.name } }
      push('content', 'contentBlockStart', callIndex + piece.index, { start })
    }
  }
  if (isThinking) endThought(thought, push)
  if (callIndex > textIndex) push('opening', 'contentBlockStop', textIndex)
  for (const piece of pieces) {
    if (piece.type === 'tool-call') push('opening', 'contentBlockStop', callIndex + piece.index)
  }
  return frames
}

function endThought(
  thought: string,
  push: (kind: 'opening', type: string, index: number, more?: object) => void,
): void {
  push('opening', 'contentBlockDelta', 0, { delta: { reasoningContent: { signature: signatureOf(thought) } } })
  push('opening', 'contentBlockStop', 0)
}
