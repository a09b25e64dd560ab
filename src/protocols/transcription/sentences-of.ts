import type { TranscriptSegment, TranscriptWord } from '../../canonical/item.ts'
import { fullMatch } from '../../util/pattern.ts'

/** Makes segments for vendors that have words alone: a segment is a sentence of one speaker. */
export function sentencesOf(words: readonly TranscriptWord[]): readonly TranscriptSegment[] {
  const sentences: TranscriptWord[][] = []
  for (const word of words) {
    const open = sentences.at(-1)
    const last = open?.at(-1)
    const isNew = last === undefined || last.speaker !== word.speaker || fullMatch(/[.?!]$/, last.word) !== null
    if (open === undefined || isNew) sentences.push([word])
    else open.push(word)
  }
  return sentences.map((sentence) => ({
    start: sentence[0]?.start ?? 0,
    end: sentence.at(-1)?.end ?? 0,
    text: sentence.map(({ word }) => word.trim()).join(' '),
    speaker: sentence[0]?.speaker,
  }))
}
