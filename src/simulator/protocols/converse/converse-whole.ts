import type { Answer, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { converseCitation, converseUsage, stopReason, textOf } from './converse-parts.ts'
import { signatureOf } from './signature.ts'

/** Returns the JSON reply of Converse. */
export function converseWhole({ choices, usage }: Answer, settings: ReplySettings): object {
  const [choice] = choices
  if (choice === undefined) return {}
  return {
    output: { message: { role: 'assistant', content: blocks(choice.pieces) } },
    ...(!settings.noFinish && { stopReason: stopReason(choice, settings) }),
    ...(!settings.noUsage && { usage: converseUsage(usage) }),
    metrics: { latencyMs: 1 },
  }
}

function blocks(pieces: readonly Piece[]): readonly object[] {
  const text = pieces.map((piece) => (piece.type === 'reasoning' ? piece.text : '')).join('')
  const words = pieces.map((piece) => textOf(piece) ?? '').join('')
  const citations = pieces.flatMap((piece) => (piece.type === 'citation' ? [converseCitation(piece)] : []))
  const calls = pieces.flatMap((piece) => (piece.type === 'tool-call' ? [toolUse(piece, pieces)] : []))
  return [
    ...(text === '' ? [] : [{ reasoningContent: { reasoningText: { text, signature: signatureOf(text) } } }]),
    ...(words === ''
      ? []
      : [citations.length === 0 ? { text: words } : { citationsContent: { content: [{ text: words }], citations } }]),
    ...calls,
  ]
}

function toolUse({ id, name, index }: Extract<Piece, { type: 'tool-call' }>, pieces: readonly Piece[]): object {
  const input = pieces
    .map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : ''))
    .join('')
  return { toolUse: { toolUseId: id, name, input: JSON.parse(input) } }
}
