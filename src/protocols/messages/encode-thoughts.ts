import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { JsonObject } from '../../util/json.ts'
import { claudeFormat } from './claude-format.ts'

/**
 * Earlier thoughts as Claude wrote them, in their order: it refuses any that was changed, and text without its signature. Others'
 * thoughts are dropped (contract §2.5). A client that kept a stream's pieces as they came sends one thought in several.
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
