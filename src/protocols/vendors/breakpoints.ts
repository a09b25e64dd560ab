import type { CacheControl } from '../../canonical/content-part.ts'

type Ttl = CacheControl['ttl']

/** Anthropic and Bedrock refuse a fifth. */
const most = 4

/**
 * What becomes of the breakpoints of one prompt, asked in the order in which Anthropic and Bedrock read it: tools, instructions,
 * conversation. Of too many the last of the conversation stay, which reach furthest, and beside them the last of what stands before the
 * conversation: that part other conversations share. One that is to be kept for an hour is refused after one of five minutes, so it
 * is kept as long as that one.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#mixing-different-ttls
 */
export class Breakpoints {
  readonly #before: number
  readonly #dropped: { readonly before: number; readonly within: number }
  #asked = 0
  #anyShort = false

  /** @param before How many stand before the conversation. @param within How many in it. */
  constructor(before: number, within: number) {
    const keptWithin = Math.min(within, most - Math.min(before, 1))
    this.#before = before
    this.#dropped = { before: Math.max(0, before - (most - keptWithin)), within: within - keptWithin }
  }

  /** Null: it is dropped. Otherwise how long it is kept. */
  next(ttl: Ttl): { readonly ttl: Ttl } | null {
    const place = this.#asked++
    const { before, within } = this.#dropped
    if (place < this.#before ? place < before : place - this.#before < within) return null
    const isShort = ttl !== '1h'
    this.#anyShort ||= isShort
    return { ttl: isShort || !this.#anyShort ? ttl : undefined }
  }
}
