import type { Piece } from '../../answer.ts'

type PieceOf<T extends Piece['type']> = Extract<Piece, { type: T }>

/** Returns an image in OpenRouter's format (contract §3.3). */
export const chatImage = ({ url }: PieceOf<'image'>): object => ({ type: 'image_url', image_url: { url } })

export const chatAnnotation = ({ url, title, end }: PieceOf<'citation'>): object => ({
  type: 'url_citation',
  url_citation: { url, title, start_index: 0, end_index: end },
})

/** Returns the reasoning fields. DeepSeek, vLLM and others use `reasoning_content`; OpenRouter uses `reasoning` and `reasoning_details`. */
export const reasoningFields = (text: string, field: 'reasoning_content' | 'reasoning'): object =>
  field === 'reasoning_content'
    ? { reasoning_content: text }
    : { reasoning: text, reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }] }
