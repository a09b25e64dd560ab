import type { SharingChange } from '../../canonical/happening.ts'
import type { Clock } from '../../util/clock.ts'
import { arrayOf } from '../../util/json.ts'
import { within } from '../../util/within.ts'
import type { FactValue, Facts, Topic } from '../stores/shared-state.ts'
import { StorageError } from '../stores/storage-error.ts'
import type { Envelope } from './envelope.ts'
import { decodeGroup, encodeGroup, mostOfGroup } from './fact-group.ts'
import { FactQueue } from './fact-queue.ts'
import type { RedisLink } from './redis-link.ts'
import { Subscriptions } from './subscriptions.ts'

/** For how long facts are kept, for nodes that start and for those that lost the connection. */
export const keepMs = 300_000
/** The most facts that wait to be sent while the server is unavailable. */
const mostQueued = 10_000
/** The most groups of one read. Requests are served between two reads. */
const readCount = 10
/** How long a read waits for facts. */
const blockMs = 1_000
/** How long the server may take to answer. */
const answerMs = 1_000

interface RedisFactsDependencies {
  readonly stream: string
  readonly node: string
  readonly clock: Clock
  readonly envelope: Envelope
  readonly onProblem: (problem: SharingProblem) => void
}

/** A problem that is reported while the server is available. */
export type SharingProblem = Extract<SharingChange, { kind: 'refused' | 'foreign' }>

/** How many nodes' last groups are stored before those of nodes that no longer send anything are removed. */
const mostNodes = 1_000

/**
 * One entry of the stream: its id, which begins with the server's time in milliseconds, the node, the time of the server at which it sent
 * the group, and the sealed group.
 */
interface Entry {
  readonly id: string
  readonly node: string
  readonly sentAt: string
  readonly sealed: string
}

/** Facts on one stream of a Redis server, which all nodes write and read. */
export class RedisFacts implements Facts {
  readonly #given: RedisFactsDependencies
  readonly #subscriptions = new Subscriptions()
  readonly #queue = new FactQueue(mostQueued)
  /** The server's time minus the monotonic clock, in milliseconds; as of the last heartbeat. */
  #offset = 0
  /** When this node sent its last group, by the server's time. No two groups of a node have the same time. */
  #sentAt = 0
  /** When each other node sent its last group that was received. */
  readonly #lastFrom = new Map<string, number>()
  /** The id of the last entry that was read; null before the first read. */
  #last: string | null = null

  constructor(dependencies: RedisFactsDependencies) {
    this.#given = dependencies
  }

  publish<Fact extends FactValue>({ name }: Topic<Fact>, fact: Fact): void {
    this.#queue.add({ topic: name, fact, at: this.#given.clock.monotonic() })
  }

  subscribe: Facts['subscribe'] = (topic, listener) => this.#subscriptions.subscribe(topic, listener)

  /** Whether at least one more whole group of facts waits to be sent. */
  get isBehind(): boolean {
    return this.#queue.size >= mostOfGroup.facts
  }

  /** Returns how many facts were dropped since the last call. */
  takeDropped(): number {
    return this.#queue.takeDropped()
  }

  /** Notes the server's time, in Unix milliseconds. */
  serverTime(ms: number): void {
    this.#offset = ms - this.#given.clock.monotonic()
  }

  /** Sends the oldest facts, if there are any. Facts that were sent and not confirmed are not sent again: they may have arrived. */
  async send({ send }: RedisLink, limitMs = answerMs): Promise<void> {
    const { clock, stream, node, envelope } = this.#given
    const facts = this.#queue.take(mostOfGroup.facts)
    if (facts.length === 0) return
    this.#sentAt = Math.max(this.#sentAt + 1, Math.floor(this.#serverNow()))
    const at = String(this.#sentAt)
    const group = envelope.seal(encodeGroup(facts, clock.monotonic()), placeOf(node, at))
    const oldest = String(Math.floor(this.#serverNow() - keepMs))
    try {
      await answered(send(['XADD', stream, 'MINID', '~', oldest, '*', 'node', node, 'at', at, 'group', group]), limitMs)
    } catch (error) {
      this.#queue.drop(facts.length)
      if (!(error instanceof StorageError)) throw error
      this.#given.onProblem({ kind: 'refused', reason: error.message })
    }
  }

  /** Gives the facts of other nodes to the listeners, until the link has ended. Begins with those of the last minutes. */
  async listen({ wait, signal }: RedisLink, onCaughtUp: () => void): Promise<void> {
    let isLive = false
    this.#last = this.#firstToRead()
    while (!signal.aborted) {
      const block = isLive ? ['BLOCK', String(blockMs)] : []
      const reply = wait(['XREAD', 'COUNT', String(readCount), ...block, 'STREAMS', this.#given.stream, this.#last])
      const entries = entriesOf(await answered(reply, blockMs + answerMs))
      for (const entry of entries) {
        this.#last = entry.id
        this.#receive(entry)
      }
      if (entries.length < readCount && !isLive) {
        isLive = true
        onCaughtUp()
      }
    }
  }

  /**
   * Returns the id after which reading begins. After a lost connection it is where reading ended, unless that is too long ago, or the clock
   * of the server has gone back.
   */
  #firstToRead(): string {
    const now = this.#serverNow()
    const oldest = `${Math.floor(now - keepMs)}-0`
    if (this.#last === null) return oldest
    const at = timeOf(this.#last)
    return at < now - keepMs || at > now ? oldest : this.#last
  }

  #receive({ id, node, sentAt, sealed }: Entry): void {
    const given = this.#given
    if (node === given.node) return
    const text = given.envelope.open(sealed, placeOf(node, sentAt), mostOfGroup.bytes)
    if (text === null) return given.onProblem({ kind: 'foreign' })
    // Somebody who can write to the server may add a group a second time, with a new id.
    if (!this.#isNew(node, Number(sentAt))) return
    const groupAge = Math.max(0, this.#serverNow() - Math.min(timeOf(id), Number(sentAt)))
    for (const { topic, value, ageMs } of decodeGroup(text)) {
      const age = groupAge + ageMs
      if (age < keepMs) this.#subscriptions.deliver(topic, value, age, node)
    }
  }

  #isNew(node: string, sentAt: number): boolean {
    if (sentAt <= (this.#lastFrom.get(node) ?? 0)) return false
    this.#lastFrom.set(node, sentAt)
    if (this.#lastFrom.size > mostNodes) {
      const oldest = this.#serverNow() - keepMs
      for (const [other, at] of this.#lastFrom) if (at < oldest) this.#lastFrom.delete(other)
    }
    return true
  }

  #serverNow(): number {
    return this.#offset + this.#given.clock.monotonic()
  }
}

/** Returns the reply of the server. Rejects where it does not answer in time. */
export const answered = (reply: Promise<unknown>, limitMs = answerMs): Promise<unknown> =>
  within(limitMs, reply, () => new Error(`Redis did not answer within ${limitMs} ms.`))

/** Returns the place of a group: it is bound to the node that sent it, and to the time. */
const placeOf = (node: string, sentAt: string): readonly string[] => ['facts', node, sentAt]

const timeOf = (id: string): number => Number(id.slice(0, id.indexOf('-')))

/** Reads the reply to XREAD of one stream. Anybody may have written the fields. */
function entriesOf(reply: unknown): readonly Entry[] {
  const [, entries] = arrayOf(arrayOf(reply)[0])
  return arrayOf(entries).map((entry) => {
    const [id, fields] = arrayOf(entry)
    const [, node, , sentAt, , sealed] = arrayOf(fields)
    return { id: String(id), node: String(node), sentAt: String(sentAt), sealed: String(sealed) }
  })
}
