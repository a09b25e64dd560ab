import type { IncomingHttpHeaders } from 'node:http'

/** A request as the simulator received it. Times are ISO 8601. */
export interface JournalEntry {
  readonly id: number
  readonly at: string
  readonly method: string
  readonly path: string
  /** Credentials are masked except for their last four characters. */
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON, or the text where it is not JSON. Of a body over 1 MB only the first kilobyte is kept, with a note. */
  readonly body: unknown
  /** The model that was requested. Null for a request that failed before it was read. */
  readonly model: string | null
  /** The behaviour that was applied, from the model id or an override. Null for a request that failed before a behaviour was chosen. */
  readonly behaviour: string | null
  /** 0 when the connection ended before a status was sent. */
  readonly status: number
  /** The number of content chunks of a stream that were written to the socket; 0 for a JSON reply. */
  readonly chunksSent: number
  /** The number of bytes of the reply's body that were written to the socket. */
  readonly bytesSent: number
  /** The time when the last byte had been sent. Null after a reset, after a stall, or when the client disconnected. */
  readonly finishedAt: string | null
  /** The time when request and reply were over. With keep-alive the socket may stay open. */
  readonly closedAt: string | null
  /** The side that ended it: the server, unless the client disconnected before the reply was finished. */
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
/** The limit for all bodies together. The oldest entries are removed first. */
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

/** Creates a journal. With `quiet` it keeps nothing, for benchmarks. */
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
    // The entries are copied, so that the caller's list does not change later.
    entries: () => entries.map((entry) => ({ ...entry })),
    add(method, path, headers) {
      const entry: JournalDraft = {
        id: nextId++,
        at: quiet ? '' : new Date().toISOString(),
        method,
        path,
        headers: quiet ? headers : masked(headers),
        body: null,
        model: null,
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
      // The entry is not kept, or was removed while its body was still arriving.
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
