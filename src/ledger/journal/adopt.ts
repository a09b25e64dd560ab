import type { JournalFolder } from './journal-folder.ts'
import { Segment, type WaitingRecord, waitingRecord } from './segment.ts'
import { readSegment } from './segment-file.ts'

/** What a process that ended left in its journal. */
export interface Left {
  readonly segments: readonly Segment[]
  /** The generations that had been billed and had not ended. */
  readonly underway: readonly WaitingRecord[]
}

/**
 * Reads what a process left in its folder, from the first file to the last.
 * @param onRecord Called for each record that is not in the database yet.
 * @param onDamage Called with each file that holds pieces that cannot be read.
 */
export async function readLeft(
  folder: JournalFolder,
  onRecord: (record: WaitingRecord) => void,
  onDamage: (path: string, pieces: number) => void,
): Promise<Left> {
  const underway = new Map<string, WaitingRecord>()
  const segments: Segment[] = []
  for (const path of folder.segments) {
    const { lines, damaged, drained } = await readSegment(path)
    if (damaged > 0) onDamage(path, damaged)
    let settled = 0
    for (const { kind, text } of lines) {
      const record = waitingRecord(text)
      if (kind === 'underway') underway.set(record.id, record)
      else {
        underway.delete(record.id)
        settled += 1
        if (settled > drained) onRecord(record)
      }
    }
    segments.push(new Segment(path, { drained, waiting: Math.max(0, settled - drained) }))
  }
  const last = segments.at(-1)
  if (last !== undefined) last.onRemoved = () => folder.remove()
  return { segments, underway: [...underway.values()] }
}
