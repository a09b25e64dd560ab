import type { TextRequest } from '../../canonical/generation-request.ts'

/** The most characters of one text that is judged. A longer text is judged in pieces. */
const pieceLength = 16_384
/** The most characters of a request that are judged. The newest texts come first, since earlier ones were new once. */
const mostCharacters = 524_288

/** Returns what the user supplied, the newest first, in pieces. */
export function inputTexts({ input }: TextRequest): readonly string[] {
  const texts =
    input.type === 'prompts'
      ? input.prompts.filter((prompt) => typeof prompt === 'string')
      : input.messages
          .filter(({ role }) => role === 'user')
          .toReversed()
          .flatMap(({ content }) => content.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
  const pieces: string[] = []
  let left = mostCharacters
  for (const text of texts) {
    for (let at = 0; at < text.length && left > 0; at += pieceLength) {
      const piece = text.slice(at, at + Math.min(pieceLength, left))
      left -= piece.length
      if (piece.trim() !== '') pieces.push(piece)
    }
  }
  return pieces
}
