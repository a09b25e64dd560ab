import { hash } from 'node:crypto'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Facts, Topic } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { isObject } from '../util/json.ts'
import { RecencyMap } from '../util/recency-map.ts'

/** The session to which a request belongs. */
export interface Session {
  /** A hash, because the names that clients give may be of any length, and are kept in memory. */
  readonly key: string
  /** Whether the client named the session itself. Otherwise it sticks only once the provider has reported use of its cache. */
  readonly explicit: boolean
}

/** A session that an endpoint served at one node. */
type ServedSession = { readonly key: string; readonly endpoint: string }

/** The longest key is a hash in base64; ids of endpoints are slugs. */
const longest = { key: 44, endpoint: 512 }

const servedSessions: Topic<ServedSession> = {
  name: 'session-served',
  read(value) {
    if (!isObject(value)) return null
    const { key, endpoint } = value
    if (typeof key !== 'string' || typeof endpoint !== 'string') return null
    return key.length > longest.key || endpoint.length > longest.endpoint ? null : { key, endpoint }
  },
}

/** The most sessions in memory, of 240 bytes each. Beyond it, the one that was idle for longest is removed. */
const mostSessions = 100_000

/**
 * The endpoints that served each session, so that the next request finds its prompt in the cache of that provider (contract §6.11).
 * Different accounts share no sessions, because clients choose the names, and others could guess them.
 */
export class Stickiness {
  readonly #sessions = new RecencyMap<string, { readonly endpoint: string; readonly until: number }>(mostSessions)
  readonly #clock: Clock
  readonly #settings: { readonly ttlMs: number }
  readonly #facts: Facts

  /**
   * @param dependencies.ttlMs The idle time after which a session ends. It is read at each use, because it may change.
   * @param dependencies.facts Where other nodes tell of sessions that they served.
   */
  constructor(dependencies: { readonly clock: Clock; readonly ttlMs: number; readonly facts: Facts }) {
    this.#clock = dependencies.clock
    this.#settings = dependencies
    this.#facts = dependencies.facts
    this.#facts.subscribe(servedSessions, ({ fact: { key, endpoint }, ageMs }) => {
      const until = this.#clock.monotonic() - ageMs + this.#settings.ttlMs
      if (until > (this.#sessions.get(key)?.until ?? 0)) this.#stay(key, endpoint, until)
    })
  }

  /** Finds the id of the endpoint with which the session stays; null when there is none. */
  find(session: Session): string | null {
    const found = this.#sessions.get(session.key)
    return found !== undefined && found.until > this.#clock.monotonic() ? found.endpoint : null
  }

  /** Notes that an endpoint served the session. The session stays with it, if its cache can save money. */
  served({ key, explicit }: Session, endpoint: Endpoint, usage: Usage): void {
    const usedCache = (usage.cachedTokens ?? 0) > 0 || (usage.cacheWriteTokens ?? 0) > 0
    if (!hasCheapCache(endpoint) || (!explicit && !usedCache)) return
    this.#stay(key, endpoint.id, this.#clock.monotonic() + this.#settings.ttlMs)
    this.#facts.publish(servedSessions, { key, endpoint: endpoint.id })
  }

  #stay(key: string, endpoint: string, until: number): void {
    const now = this.#clock.monotonic()
    this.#sessions.set(key, { endpoint, until })
    // The map is in the order in which sessions end, as long as `ttlMs` stays and but for the moments that facts of other nodes take.
    for (let oldest = this.#sessions.oldest(); oldest !== null; oldest = this.#sessions.oldest()) {
      if (oldest.value.until > now) break
      this.#sessions.delete(oldest.key)
    }
  }

  /** The number of sessions in memory. */
  get size(): number {
    return this.#sessions.size
  }
}

/** Tells whether reading from the cache of an endpoint costs less than new prompt tokens. */
export const hasCheapCache = ({ pricing }: Endpoint): boolean =>
  pricing.inputCacheRead !== undefined && pricing.inputCacheRead < pricing.prompt

/**
 * Finds the session of a request: by the name that the client gives, else by its cache key, else by its first messages. Hashing those takes
 * about 1 µs a kB, so call it only where a session can gain something.
 */
export function sessionOf(request: GenerationRequest, account: string, model: string): Session | null {
  const { sessionId } = request.context
  const { promptCacheKey } = request.parameters
  const keyOf = (name: string): string => hash('sha256', `${account}\n${model}\n${name}`, 'base64')
  if (sessionId !== undefined) return { key: keyOf(`session ${sessionId}`), explicit: true }
  if (promptCacheKey !== undefined) return { key: keyOf(`cache ${promptCacheKey}`), explicit: false }
  if (request.input.type !== 'messages') return null
  const { messages } = request.input
  const system = messages.find(isSystem)
  const first = messages.find((message) => !isSystem(message))
  const words = JSON.stringify([system?.content, first?.content])
  return { key: keyOf(`words ${words}`), explicit: false }
}

const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer'
