import type { Piece } from '../../answer.ts'
import type { AnswerBlock } from './answer-block.ts'

const direct = { caller: { type: 'direct' } }

/** Returns the blocks that show the use of Anthropic's own tools: each call, and its result. */
export function nativeBlocks(pieces: readonly Piece[]): readonly AnswerBlock[] {
  return pieces.flatMap((piece, index): readonly AnswerBlock[] => {
    const id = `srvtoolu_${index}`
    if (piece.type === 'search')
      return [callBlock(id, 'web_search', { query: piece.query }), resultBlock(id, found(pieces))]
    if (piece.type === 'fetch')
      return [callBlock(id, 'web_fetch', { url: piece.url }), resultBlock(id, read(piece.url))]
    return []
  })
}

function callBlock(id: string, name: string, input: object): AnswerBlock {
  const call = { type: 'server_tool_use', id, name, ...direct }
  const deltas = [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }]
  return { start: { ...call, input: {} }, deltas, whole: { ...call, input } }
}

function resultBlock(id: string, result: object): AnswerBlock {
  const block = { tool_use_id: id, ...direct, ...result }
  return { start: block, deltas: [], whole: block }
}

const found = (pieces: readonly Piece[]): object => ({
  type: 'web_search_tool_result',
  content: pieces.flatMap((piece) =>
    piece.type === 'citation'
      ? [
          {
            type: 'web_search_result',
            url: piece.url,
            title: piece.title,
            encrypted_content: 'simulated',
            page_age: null,
          },
        ]
      : [],
  ),
})

const read = (url: string): object => ({
  type: 'web_fetch_tool_result',
  content: {
    type: 'web_fetch_result',
    url,
    retrieved_at: '2026-01-01T00:00:00Z',
    content: {
      type: 'document',
      title: 'About rivers',
      citations: null,
      source: { type: 'text', media_type: 'text/plain', data: 'Rivers carry boats.' },
    },
  },
})
