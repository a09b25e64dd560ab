import type { IncomingHttpHeaders } from 'node:http'

/** One request as the simulator saw it. Times are ISO 8601. */
export interface JournalEntry {
  readonly id: number
  readonly at: string
  readonly method: string
  readonly path: string
  /** Credentials are masked to their last four characters. */
  readonly headers: IncomingHttpHeaders
  /** Parsed JSON, or the text if it is none; of a body over 1 MB only its first kilobyte and a note. */
  readonly body: unknown
  /** The behaviour that was applied: the model id or an override; null for a request that never got that far. */
  readonly behaviour: string | null
  /** 0 when the connection ended before there was one. */
  readonly status: number
  /** Content chunks of a stream handed to the socket; 0 for a JSON reply. */
  readonly chunksSent: number
  /** Bytes of the reply's body handed to the socket. */
  readonly bytesSent: number
  /** When the last byte had been handed over; null after a cut, a stall or a lost client. */
  readonly finishedAt: string | null
  /** When the exchange was over; with keep-alive the socket may live on. */
  readonly closedAt: string | null
  /** Who ended it. The server, unless the client left before the reply was finished. */
  readonly closedBy: 'client' | 'server' | null
}

export type JournalDraft = { -readonly [Key in keyof JournalEntry]: JournalEntry[Key] }

export interface Journal {
  readonly entries: () => readonly JournalEntry[]
  add(method: string, path: string, headers: IncomingHttpHeaders): JournalDraft
  setBody(entry: JournalDraft, text: string, parsed: unknown): void
  clear(): void
}

const mostEntries = 10_000
const longestBody = 1024 * 1024
/** All bodies together: the oldest entries go first. */
const mostBodyCharacters = 128 * 1024 * 1024
const credentials = [
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-security-token',
  'proxy-authorization',
  'cookie',
] as const

/** `quiet` keeps nothing, for benchmarks. */
export function createJournal(quiet: boolean): Journal {
  let entries: JournalDraft[] = []
  let sizes = new WeakMap<JournalDraft, number>()
  let total = 0
  let nextId = 1

  function dropOldest(): void {
    const oldest = entries.shift()
    if (oldest === undefined) return
    total -= sizes.get(oldest) ?? 0
    sizes.delete(oldest)
  }

  return {
    // Copies: a caller's list does not change under its hands.
    entries: () => entries.map((entry) => ({ ...entry })),
    add(method, path, headers) {
      const entry: JournalDraft = {
        id: nextId++,
        at: quiet ? '' : new Date().toISOString(),
        method,
        path,
        headers: quiet ? headers : masked(headers),
        body: null,
        behaviour: null,
        status: 0,
        chunksSent: 0,
        bytesSent: 0,
        finishedAt: null,
        closedAt: null,
        closedBy: null,
      }
      if (!quiet) {
        entries.push(entry)
        sizes.set(entry, 0)
        if (entries.length > mostEntries) dropOldest()
      }
      return entry
    },
    setBody(entry, text, parsed) {
      // Not kept, or dropped while its body was still arriving.
      if (!sizes.has(entry)) return
      const isLong = text.length > longestBody
      entry.body = isLong ? `${text.slice(0, 1024)}… (truncated: ${text.length} characters)` : (parsed ?? text)
      const size = isLong ? 1024 : text.length
      sizes.set(entry, size)
      total += size
      while (total > mostBodyCharacters && entries.length > 1) dropOldest()
    },
    clear() {
      entries = []
      sizes = new WeakMap()
      total = 0
    },
  }
}

function masked(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const copy: IncomingHttpHeaders = { ...headers }
  for (const name of credentials) {
    const value = copy[name]
    if (typeof value === 'string') copy[name] = value.length > 8 ? `****${value.slice(-4)}` : '****'
  }
  return copy
}
