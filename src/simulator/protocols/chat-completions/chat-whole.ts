import type { Choice, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'
import { chatAnnotation, chatImage, reasoningFields } from './chat-parts.ts'

/** Returns the assistant message of a JSON reply, which joins all pieces. */
export function chatMessage(choice: Choice, settings: ReplySettings, id: string): object {
  const { pieces } = choice
  const calls = pieces.filter((piece) => piece.type === 'tool-call')
  const images = pieces.filter((piece) => piece.type === 'image')
  const citations = pieces.filter((piece) => piece.type === 'citation')
  const audio = pieces.filter((piece) => piece.type === 'audio')
  const refusal = joined(pieces, 'refusal')
  const hasText = calls.length === 0 && audio.length === 0 && refusal === ''
  return {
    role: 'assistant',
    content: hasText ? joined(pieces, 'text') : null,
    refusal: refusal === '' ? null : refusal,
    ...(settings.reasoning === null ? {} : reasoningFields(joined(pieces, 'reasoning'), settings.reasoning)),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ index, id, name }) => ({
        id,
        type: 'function',
        function: { name, arguments: toolArguments(pieces, index) },
      })),
    }),
    ...(images.length > 0 && { images: images.map(chatImage) }),
    ...(audio.length > 0 && {
      audio: {
        id: `audio-${id}`,
        data: Buffer.concat(audio.map(({ data }) => Buffer.from(data, 'base64'))).toString('base64'),
        expires_at: Math.floor(Date.now() / 1000) + 3600,
        transcript: audio.map(({ transcript }) => transcript).join(''),
      },
    }),
    annotations: citations.map(chatAnnotation),
  }
}

function joined(pieces: readonly Piece[], type: 'text' | 'reasoning' | 'refusal'): string {
  let text = ''
  for (const piece of pieces) if (piece.type === type) text += piece.text
  return text
}

function toolArguments(pieces: readonly Piece[], index: number): string {
  return pieces.map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : '')).join('')
}
