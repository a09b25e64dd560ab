import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../util/code-of.ts'
import { fullMatch } from '../../util/pattern.ts'
import { folderName, refusedFile, segmentName } from './journal-folder.ts'
import { readSegment } from './segment-file.ts'

/** What stands in the folder of journals. */
export interface JournalContent {
  /** Records that are not in the database yet, as far as the files tell. */
  readonly waiting: number
  /** Generations that were billed and have not ended. */
  readonly underway: number
  /** Files with lines that do not pass their checksum, and how many. */
  readonly damaged: readonly { readonly path: string; readonly lines: number }[]
  /** Records that the database refused, which are in no sum. */
  readonly refused: number
}

/** Reads the journals of all processes, also of those that run, and changes nothing. One file is in memory at a time. */
export async function inspectJournal(folder: string | null): Promise<JournalContent> {
  const underway = new Set<string>()
  const damaged: { path: string; lines: number }[] = []
  let waiting = 0
  for (const path of await segmentsIn(folder)) {
    // A process that runs deletes files whose records are in the database.
    const read = await readSegment(path).catch(absent)
    if (read === null) continue
    if (read.damaged > 0) damaged.push({ path, lines: read.damaged })
    let settled = 0
    for (const { kind, text } of read.lines) {
      const { id } = JSON.parse(text)
      if (kind === 'underway') underway.add(id)
      else {
        underway.delete(id)
        settled += 1
      }
    }
    waiting += Math.max(0, settled - read.drained)
  }
  return { waiting, underway: underway.size, damaged, refused: await countRefused(folder) }
}

async function segmentsIn(folder: string | null): Promise<readonly string[]> {
  if (folder === null) return []
  const paths: string[] = []
  const journals = ((await readdir(folder).catch(absent)) ?? []).filter((name) => fullMatch(folderName, name) !== null)
  for (const journal of journals.toSorted()) {
    const files = ((await readdir(join(folder, journal)).catch(absent)) ?? []).toSorted()
    for (const file of files) if (fullMatch(segmentName, file) !== null) paths.push(join(folder, journal, file))
  }
  return paths
}

async function countRefused(folder: string | null): Promise<number> {
  if (folder === null) return 0
  let lines = 0
  try {
    for await (const chunk of createReadStream(refusedFile(folder))) {
      if (Buffer.isBuffer(chunk)) for (const byte of chunk) if (byte === lineBreak) lines += 1
    }
  } catch (error) {
    absent(error)
  }
  return lines
}

const lineBreak = 10

/** Returns null for a file that does not exist. */
function absent(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}
