import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { ReasoningItem } from './wire.ts'

type Thought = Exclude<ReasoningDetail, { type: 'server-tool-call' }>

/**
 * Encodes the reasoning details of a turn as the items that they came from: neighbours with one id are one item. The details of other
 * vendors are left out, and so is an item with neither encrypted nor readable reasoning: nothing is stored at the vendor, so an id alone
 * refers to nothing.
 */
export function encodeReasoningItems(details: readonly ReasoningDetail[], format: string): readonly ReasoningItem[] {
  const own = details.filter(
    (detail): detail is Thought => detail.format === format && detail.type !== 'server-tool-call',
  )
  return itemsOf(own).flatMap(encodeItem)
}

function encodeItem(item: readonly Thought[]): readonly ReasoningItem[] {
  const encrypted = item.findLast((detail) => detail.type === 'encrypted')
  const summaries = item.filter((detail) => detail.type === 'summary')
  const open = item.filter((detail) => detail.type === 'text')
  if (encrypted === undefined && open.length === 0) return []
  const id = item[0]?.id
  const summary = joined(summaries, (detail) => detail.summary)
  const content = joined(open, (detail) => detail.text ?? '')
  return [
    {
      type: 'reasoning',
      ...(id && { id }),
      summary: summary.map((text) => ({ type: 'summary_text', text })),
      ...(content.length > 0 && { content: content.map((text) => ({ type: 'reasoning_text', text })) }),
      ...(encrypted !== undefined && { encrypted_content: encrypted.data }),
    },
  ]
}

/** Splits details into items. Without an id, encrypted reasoning ends an item. */
function itemsOf(details: readonly Thought[]): readonly (readonly Thought[])[] {
  const items: Thought[][] = []
  for (const detail of details) {
    const item = items.at(-1)
    const last = item?.at(-1)
    const isAnother = last?.id !== detail.id || (last?.type === 'encrypted' && !detail.id)
    if (item === undefined || isAnother) items.push([detail])
    else item.push(detail)
  }
  return items
}

/** The pieces of a stream that a client kept apart, put together: they share an index. */
function joined<Detail extends Thought>(
  details: readonly Detail[],
  textOf: (detail: Detail) => string,
): readonly string[] {
  const texts: string[] = []
  for (const [position, detail] of details.entries()) {
    const goesOn = detail.index !== undefined && detail.index === details[position - 1]?.index
    if (goesOn) texts[texts.length - 1] += textOf(detail)
    else texts.push(textOf(detail))
  }
  return texts
}
