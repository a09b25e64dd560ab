import type { Dispatcher } from 'undici'
import type { ResponseHeaders } from '../protocols/protocol.ts'

/**
 * The number of unread bytes above which the upstream is paused. It is small, since 500 slow clients hold it 500 times, and twice more as
 * events. Measured in this folder for 500 stuck readers of 5 MB streams: 8 kB cost 45 MB in all, 16 kB 60 MB, 64 kB 120–160 MB; a fast
 * reader at 150 MB/s uses the same CPU time with each.
 */
const unreadCap = 8_192
/**
 * The bytes that a buffer object costs besides its content. They count, so that an upstream which sends single bytes cannot evade the
 * limit.
 */
const bufferOverhead = 100
/** How much, and for how long, is still read after the answer is complete, so that the connection can be used again. */
const leftoverBytes = 65_536
const leftoverMs = 1_000

/**
 * Receives one response from undici's `dispatch` and hands it out on demand, with backpressure: while nobody reads, the upstream is paused
 * once `unreadCap` is reached. It is for one reader. There is at most one promise at a time, and not one for each chunk.
 */
export class ResponseStream implements Dispatcher.DispatchHandler {
  /** Whether the request has a connection. */
  started = false
  /** The status; 0 until the response's head has arrived. */
  status = 0
  headers: ResponseHeaders = {}
  /** The error that ended the exchange early, of the connection or of `abort`; null where there is none. */
  failure: Error | null = null
  #controller: Dispatcher.DispatchController | null = null
  #chunks: Buffer[] = []
  #unread = 0
  #ended = false
  /** Whether the reader needs no more. */
  #released = false
  #leftoverTimer: NodeJS.Timeout | undefined
  #wake: (() => void) | null = null
  readonly #onSent: (() => void) | undefined

  /** @param onSent Called once the whole request was handed to the connection. */
  constructor(onSent?: () => void) {
    this.#onSent = onSent
  }

  /**
   * Waits for the response's head.
   * @throws the failure.
   */
  async head(): Promise<void> {
    while (this.status === 0) {
      if (this.failure !== null) throw this.failure
      await this.#change()
    }
  }

  /**
   * Returns all that arrived since the last call; waits while that is nothing. Null at the end of the body.
   * @throws the failure, once everything that arrived before it has been handed out.
   */
  async next(): Promise<readonly Buffer[] | null> {
    while (this.#chunks.length === 0) {
      if (this.failure !== null) throw this.failure
      if (this.#ended) return null
      await this.#change()
    }
    const chunks = this.#chunks
    this.#chunks = []
    this.#unread = 0
    if (this.#controller?.paused === true) this.#controller.resume()
    return chunks
  }

  /**
   * Ends the exchange now: the socket is destroyed and the reader gets `reason`. Does nothing after the end of the exchange or `release`.
   */
  abort(reason: Error): void {
    if (!this.#released) this.#break(reason)
  }

  #break(reason: Error): void {
    if (this.#ended || this.failure !== null) return
    this.#chunks = []
    this.#fail(reason)
    this.#controller?.abort(reason)
  }

  /**
   * Ends the reading. The rest of the response is discarded. Where it is longer than `leftoverBytes`, or takes longer than `leftoverMs`,
   * the connection is closed too.
   */
  release(): void {
    this.#released = true
    if (this.#ended || this.failure !== null) return
    this.#chunks = []
    this.#unread = 0
    this.#leftoverTimer = setTimeout(
      () => this.#break(new Error('The rest of the response took too long.')),
      leftoverMs,
    )
    this.#leftoverTimer.unref()
    if (this.#controller?.paused === true) this.#controller.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The request was given up while it waited for a connection. The error is thrown, since `controller.abort` would destroy the connection
    // too.
    if (this.failure !== null) throw this.failure
    this.started = true
    this.#controller = controller
  }

  onRequestSent(): void {
    if (this.failure === null) this.#onSent?.()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    // Responses 1xx are only hints; the final response comes after them.
    if (status < 200) return
    this.status = status
    this.headers = headers
    this.#notify()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#unread += chunk.length + bufferOverhead
    if (this.#released) {
      if (this.#unread > leftoverBytes) this.#break(new Error('The rest of the response is too long.'))
      return
    }
    this.#chunks.push(chunk)
    if (this.#unread > unreadCap) controller.pause()
    this.#notify()
  }

  onResponseEnd(): void {
    this.#ended = true
    clearTimeout(this.#leftoverTimer)
    this.#notify()
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.failure === null) this.#fail(error)
  }

  #fail(error: Error): void {
    this.failure = error
    clearTimeout(this.#leftoverTimer)
    this.#notify()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #notify(): void {
    if (this.#wake === null) return
    const wake = this.#wake
    this.#wake = null
    wake()
  }
}
