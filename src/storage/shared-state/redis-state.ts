import { randomUUID } from 'node:crypto'
import type { SharingChange } from '../../canonical/happening.ts'
import { atMost } from '../../util/at-most.ts'
import type { Clock } from '../../util/clock.ts'
import { arrayOf } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { sleep } from '../../util/sleep.ts'
import { within } from '../../util/within.ts'
import type { SharedState } from '../stores/shared-state.ts'
import { Envelope, type PlaceBoundCipher } from './envelope.ts'
import { answered, keepMs, RedisFacts, type Trouble } from './redis-facts.ts'
import { type OpenLink, type RedisLink, redisLinks } from './redis-link.ts'
import { getMs, RedisValues } from './redis-values.ts'

/** Every key begins with this. The number is that of the format: nodes of another format share nothing with this one. */
const prefix = 'waygate:1:'
const stream = `${prefix}facts`

const groupMs = 50
const heartbeatMs = 500
const reconnectMs = 1_000
/** How long something that is wrong is not said again. */
const silenceMs = 600_000
/** The longest that a start waits for what others have told, and an end for what is still to be told. */
const limits = { startMs: 1_000, closeMs: 200 }

interface RedisStateOptions {
  readonly url: string
  readonly clock: Clock
  readonly cipher: PlaceBoundCipher
  readonly onChange: (change: SharingChange) => void
}

/**
 * Opens the state that nodes share through a Redis server. Where the server is away, the node works alone until it is back.
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
  /** Whether the log has said that the server is there; null before it said anything. */
  #isConnected: boolean | null = null
  /** When each kind of trouble was said last, in monotonic milliseconds. */
  readonly #saidAt = new Map<Trouble['kind'], number>()
  #running: Promise<void> = Promise.resolve()

  constructor({ clock, cipher, onChange }: RedisStateOptions, openLink: OpenLink) {
    const envelope = new Envelope(cipher)
    const onTrouble = (trouble: Trouble): void => this.#say(trouble)
    this.facts = new RedisFacts({ stream, node: randomUUID(), clock, envelope, onTrouble })
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
    if (this.#link !== null) await this.facts.tell(this.#link, limits.closeMs).catch(() => {})
    this.#stop.abort()
    await this.#running
  }

  /** Opens one link after the other. `onTried` is called once what others have told is known, or cannot be known. */
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

  /** Opens a link and uses it until it has ended. Returns why. */
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
        every(groupMs, link.signal, () => this.#tell(link)),
        this.facts.listen(link, onListening),
      ])
    } catch (error) {
      link.end(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#link = null
    }
    return link.signal.reason
  }

  /** Asks for the server's time, which shows how the server is, and lets the facts vanish some minutes after the last node did. */
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

  async #tell(link: RedisLink): Promise<void> {
    do await this.facts.tell(link)
    while (this.facts.isBehind)
  }

  #lost(reason: unknown): void {
    this.values.lost()
    if (this.#isConnected === false) return
    this.#isConnected = false
    this.#onChange({ kind: 'lost', reason: messageOf(reason) })
  }

  #say(trouble: Trouble): void {
    const now = this.#clock.monotonic()
    if (now < (this.#saidAt.get(trouble.kind) ?? -Infinity) + silenceMs) return
    this.#saidAt.set(trouble.kind, now)
    this.#onChange(trouble)
  }
}

/** Does something again and again, with so many milliseconds in between, until the signal. */
async function every(ms: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act()
    await sleep(ms, signal)
  }
}
