import type { SharingChange } from '../../canonical/happening.ts'
import { atMost } from '../../util/at-most.ts'
import type { Clock } from '../../util/clock.ts'
import { arrayOf } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { sleep } from '../../util/sleep.ts'
import { within } from '../../util/within.ts'
import type { SharedState } from '../stores/shared-state.ts'
import { Envelope, type PlaceBoundCipher } from './envelope.ts'
import { answered, keepMs, RedisFacts, type SharingProblem } from './redis-facts.ts'
import { type OpenLink, type RedisLink, redisLinks } from './redis-link.ts'
import { getMs, RedisValues } from './redis-values.ts'

/** The beginning of every key. The number is that of the format: nodes with another format share nothing with this one. */
const prefix = 'waygate:1:'
const stream = `${prefix}facts`

const groupMs = 50
const heartbeatMs = 500
const reconnectMs = 1_000
/** The shortest time between two reports of the same kind of problem. */
const reportAgainMs = 600_000
/** The longest wait of a start for the facts of other nodes, and of an end for the facts that are not sent yet. */
const limits = { startMs: 1_000, closeMs: 200 }

interface RedisStateOptions {
  readonly url: string
  /** The id of this node, another one after each start. */
  readonly node: string
  readonly clock: Clock
  readonly cipher: PlaceBoundCipher
  readonly onChange: (change: SharingChange) => void
}

/**
 * Opens the state that nodes share through a Redis server. While the server is unavailable, the node works alone.
 * @throws StorageError where the driver is not installed, and for an address that it cannot read.
 */
export async function openRedisState(options: RedisStateOptions): Promise<SharedState> {
  return new RedisState(options, await redisLinks(options.url))
}

class RedisState implements SharedState {
  readonly facts: RedisFacts
  readonly values: RedisValues
  readonly #clock: Clock
  readonly #openLink: OpenLink
  readonly #onChange: RedisStateOptions['onChange']
  readonly #stop = new AbortController()
  #link: RedisLink | null = null
  /** Whether the last report was that the server is available; null before the first report. */
  #isConnected: boolean | null = null
  /** When each kind of problem was last reported, in monotonic milliseconds. */
  readonly #reportedAt = new Map<SharingProblem['kind'], number>()
  #running: Promise<void> = Promise.resolve()

  constructor({ node, clock, cipher, onChange }: RedisStateOptions, openLink: OpenLink) {
    const envelope = new Envelope(cipher)
    const onProblem = (problem: SharingProblem): void => this.#report(problem)
    this.facts = new RedisFacts({ stream, node, clock, envelope, onProblem })
    this.values = new RedisValues(`${prefix}value:`, envelope)
    this.#clock = clock
    this.#openLink = openLink
    this.#onChange = onChange
  }

  async start(): Promise<void> {
    const tried = Promise.withResolvers<void>()
    this.#running = this.#stayConnected(tried.resolve)
    await atMost(limits.startMs, tried.promise)
  }

  async close(): Promise<void> {
    if (this.#link !== null) await this.facts.send(this.#link, limits.closeMs).catch(() => {})
    this.#stop.abort()
    await this.#running
  }

  /** Opens one link after the other. `onTried` is called once the facts of other nodes have been read, or cannot be read. */
  async #stayConnected(onTried: () => void): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const reason = await this.#useLink(onTried).catch((error: unknown) => error)
      if (signal.aborted) return
      this.#lost(reason)
      onTried()
      await sleep(reconnectMs, signal)
    }
  }

  /** Opens a link and uses it until it has ended. Returns the reason of its end. */
  async #useLink(onCaughtUp: () => void): Promise<unknown> {
    const link = await this.#openLink(this.#stop.signal)
    try {
      await this.#beat(link)
      this.#link = link
      const onListening = (): void => {
        this.#isConnected = true
        this.#onChange({ kind: 'connected', dropped: this.facts.takeDropped() })
        onCaughtUp()
      }
      await Promise.all([
        every(heartbeatMs, link.signal, () => this.#beat(link)),
        every(groupMs, link.signal, () => this.#send(link)),
        this.facts.listen(link, onListening),
      ])
    } catch (error) {
      link.end(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#link = null
    }
    return link.signal.reason
  }

  /**
   * Asks for the server's time, which shows how fast the server answers. Sets the facts to expire some minutes after the last node has
   * ended.
   */
  async #beat({ send }: RedisLink): Promise<void> {
    const time = answered(send(['TIME']))
    const isQuick = within(getMs, time, () => new Error('late')).then(
      () => true,
      () => false,
    )
    const kept = answered(send(['PEXPIRE', stream, String(keepMs)]))
    const [[seconds, microseconds]] = await Promise.all([time.then(arrayOf), kept])
    this.facts.serverTime(Number(seconds) * 1_000 + Number(microseconds) / 1_000)
    this.values.answered(send, await isQuick)
  }

  async #send(link: RedisLink): Promise<void> {
    do await this.facts.send(link)
    while (this.facts.isBehind)
  }

  #lost(reason: unknown): void {
    this.values.lost()
    if (this.#isConnected === false) return
    this.#isConnected = false
    this.#onChange({ kind: 'lost', reason: messageOf(reason) })
  }

  #report(problem: SharingProblem): void {
    const now = this.#clock.monotonic()
    if (now < (this.#reportedAt.get(problem.kind) ?? -Infinity) + reportAgainMs) return
    this.#reportedAt.set(problem.kind, now)
    this.#onChange(problem)
  }
}

/** Repeats an action until the signal aborts, with a pause of `ms` milliseconds after each. */
async function every(ms: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act()
    await sleep(ms, signal)
  }
}
