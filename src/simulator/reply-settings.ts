/** The place where a reply breaks off: before content chunk `after` + 1, or before the finish if there is no such chunk. */
interface Ending {
  /**
   * `cut`: the connection is reset. `eof`: the body ends cleanly. `stall`: nothing more is sent, and the socket stays open. `error`: an
   * error frame is sent, then the body ends.
   */
  readonly kind: 'cut' | 'eof' | 'stall' | 'error'
  readonly after: number
}

/** A failure before any answer: the status, and the content of the protocol's error body. */
export interface Failure {
  readonly status: number
  readonly message?: string
  readonly code?: string
}

/** The settings for one reply: everything that can be unusual about it. `steady` is a reply with nothing unusual. */
export interface ReplySettings {
  readonly connection: 'answer' | 'reset' | 'blackhole'
  readonly failure: Failure | null
  /** In seconds. */
  readonly retryAfter: number | null
  readonly firstTokenMs: number
  readonly paceMs: number
  /** 0 means no pings. */
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
  /** Whether the answer continues from the part of the text that the prompt's last paragraph quotes. */
  readonly resume: boolean
  /** The number of the text to answer with. Each further choice has the next number. */
  readonly variant: number
  /** The number of UTF-16 units in a chunk of text; null means one word. */
  readonly chunkLength: number | null
  /** Null means the default length. */
  readonly tokens: number | null
  readonly toolCalls: 0 | 1 | 2 | 'all'
  /**
   * When tools are called. `once`: not after a result. `each`: one tool a turn, until every tool was called. `endless`: also after results.
   */
  readonly toolTurns: 'once' | 'each' | 'endless'
  readonly reasoning: 'reasoning_content' | 'reasoning' | null
  readonly brokenJson: boolean
  readonly refusal: boolean
  readonly image: boolean
  readonly audio: boolean
  readonly citations: boolean
  readonly finish: string | null
  readonly usage: { readonly prompt: number; readonly completion: number } | null
  readonly cachedTokens: number
}

export const steady: ReplySettings = {
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
  toolTurns: 'once',
  reasoning: null,
  brokenJson: false,
  refusal: false,
  image: false,
  audio: false,
  citations: false,
  finish: null,
  usage: null,
  cachedTokens: 0,
}
