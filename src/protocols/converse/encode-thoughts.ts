import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { ModelFamily } from './model-family.ts'
import type { Block, ReasoningBlock } from './wire-request.ts'

/**
 * Encodes earlier thoughts as a model of the same vendor wrote them, in their order; those of other vendors are dropped (contract §2.5).
 * Claude refuses a thought without its signature, other models refuse an empty one. A client that kept the pieces of a stream sends one
 * thought in several details.
 */
export function encodeThoughts(details: readonly ReasoningDetail[], family: ModelFamily): readonly ReasoningBlock[] {
  if (family.reasoningFormat === 'unknown') return []
  const blocks: ReasoningBlock[] = []
  let text = ''
  let index: number | undefined
  const close = (signature?: string | null): void => {
    const reasoningText = { text, ...(signature && { signature }) }
    if (signature || (family.claude === null && text !== '')) blocks.push({ reasoningContent: { reasoningText } })
    text = ''
  }
  for (const detail of details) {
    if (detail.format !== family.reasoningFormat) continue
    if (detail.type === 'encrypted') {
      close()
      blocks.push({ reasoningContent: { redactedContent: detail.data } })
    }
    if (detail.type !== 'text') continue
    if (detail.index !== index) close()
    index = detail.index
    text += detail.text ?? ''
    if (detail.signature) close(detail.signature)
  }
  close()
  return blocks
}

export const isThought = (block: Block): boolean => 'reasoningContent' in block
