import { crc32 } from 'node:zlib'
import type { RecordText } from '../../canonical/record-text.ts'

/**
 * One line of a journal. `settled`: the record of a generation that ended. `underway`: the record that a generation would get if the
 * process ended now. It counts where no settled line follows.
 */
export interface Line {
  readonly kind: 'settled' | 'underway'
  readonly text: RecordText
}

const letters = { settled: 'S', underway: 'U' } as const
const checksumLength = 8

/** Writes a line: a checksum, the kind and the record, which as JSON contains no line break. */
export function encodeLine({ kind, text }: Line): string {
  const content = `${letters[kind]} ${text}`
  return `${checksumOf(content)} ${content}\n`
}

/** Reads a line without its line break. Returns null for one that was not written whole, or was changed. */
function decodeLine(line: string): Line | null {
  const content = line.slice(checksumLength + 1)
  if (line.slice(0, checksumLength) !== checksumOf(content)) return null
  return { kind: content.startsWith(letters.settled) ? 'settled' : 'underway', text: content.slice(2) }
}

const checksumOf = (content: string): string => crc32(content).toString(16).padStart(checksumLength, '0')

/** The lines of a file, without those that cannot be read. */
export interface ReadLines {
  readonly lines: readonly Line[]
  /** The pieces that are no whole line, although others follow. The last piece may be torn, because its write was never completed. */
  readonly damaged: number
}

const lineBreak = 10
const empty = 0

/**
 * Reads the lines of a file that was filled with zeros before it was written. After a power failure zeros may also stand between lines:
 * what follows them is read.
 */
export function readLines(bytes: Buffer): ReadLines {
  const lines: Line[] = []
  let unread = 0
  let damaged = 0
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === empty) end -= 1
  for (let from = 0; from < end;) {
    const at = bytes.indexOf(lineBreak, from)
    const to = at === -1 ? end : at
    // A line contains no zeros, so those before its end are a gap, and what stands before the gap is no whole line.
    const gap = bytes.subarray(from, to).lastIndexOf(empty)
    if (gap !== -1 && bytes[from] !== empty) unread += 1
    const line = decodeLine(bytes.toString('utf8', from + gap + 1, to))
    if (line === null) unread += 1
    else {
      lines.push(line)
      damaged = unread
    }
    from = to + 1
  }
  return { lines, damaged }
}
