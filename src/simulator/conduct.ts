/** Where a reply breaks off: before content chunk `after` + 1, or before the finish if there is no such chunk. */
interface Ending {
  /** cut: connection reset · eof: clean end of the body · stall: silence on an open socket · error: an error frame, then the end. */
  readonly kind: 'cut' | 'eof' | 'stall' | 'error'
  readonly after: number
}

/** A refusal before anything else: the status line and the error body of the wire. */
export interface Failure {
  readonly status: number
  readonly message?: string
  readonly code?: string
}

/** Everything that can be odd about one reply. `steady` is the absence of all of it. */
export interface Conduct {
  readonly connection: 'answer' | 'reset' | 'blackhole'
  readonly failure: Failure | null
  /** Seconds. */
  readonly retryAfter: number | null
  readonly firstTokenMs: number
  readonly paceMs: number
  /** 0 = no pings. */
  readonly pingMs: number
  readonly ending: Ending | null
  readonly malformedAfter: number | null
  readonly flood: 'huge-frame' | 'endless-line' | null
  readonly fragmentBytes: boolean
  readonly crlf: boolean
  readonly comments: boolean
  readonly noUsage: boolean
  readonly noDone: boolean
  readonly noFinish: boolean
  readonly noPrefill: boolean
  readonly diverge: boolean
  /** Goes on from what the prompt's last paragraph quotes of the text. */
  readonly resume: boolean
  /** Which of the texts it answers with; each choice has the one after. */
  readonly variant: number
  /** UTF-16 units in a chunk of text; null = a word. */
  readonly chunkLength: number | null
  /** null = the default length. */
  readonly tokens: number | null
  readonly toolCalls: 0 | 1 | 2
  readonly reasoning: 'reasoning_content' | 'reasoning' | null
  readonly refusal: boolean
  readonly image: boolean
  readonly audio: boolean
  readonly citations: boolean
  readonly finish: string | null
  readonly usage: { readonly prompt: number; readonly completion: number } | null
  readonly cachedTokens: number
}

export const steady: Conduct = {
  connection: 'answer',
  failure: null,
  retryAfter: null,
  firstTokenMs: 0,
  paceMs: 0,
  pingMs: 0,
  ending: null,
  malformedAfter: null,
  flood: null,
  fragmentBytes: false,
  crlf: false,
  comments: false,
  noUsage: false,
  noDone: false,
  noFinish: false,
  noPrefill: false,
  diverge: false,
  resume: false,
  variant: 0,
  chunkLength: null,
  tokens: null,
  toolCalls: 0,
  reasoning: null,
  refusal: false,
  image: false,
  audio: false,
  citations: false,
  finish: null,
  usage: null,
  cachedTokens: 0,
}
