import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { JsonObject } from '../../util/json.ts'
import { claudeFormat } from './claude-format.ts'

/**
 * Encodes earlier thinking as Claude wrote it, in its order: Claude refuses any thinking that was changed, and text without its signature.
 * The reasoning of other vendors is dropped (contract §2.5). A client that kept the pieces of a stream sends one thought in several
 * details.
 */
export function encodeThoughts(details: readonly ReasoningDetail[]): readonly JsonObject[] {
  const blocks: JsonObject[] = []
  let thinking = ''
  let index: number | undefined
  for (const detail of details) {
    if (detail.format !== claudeFormat) continue
    if (detail.type === 'encrypted') blocks.push({ type: 'redacted_thinking', data: detail.data })
    if (detail.type !== 'text') continue
    if (detail.index !== index) thinking = ''
    index = detail.index
    thinking += detail.text ?? ''
    if (!detail.signature) continue
    blocks.push({ type: 'thinking', thinking, signature: detail.signature })
    thinking = ''
  }
  return blocks
}

export const isThought = ({ type }: JsonObject): boolean => type === 'thinking' || type === 'redacted_thinking'
