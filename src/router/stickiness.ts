import { hash } from 'node:crypto'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'

/** What a request is recognised by, and how sure that is. */
export interface Session {
  /** A hash: what clients call their sessions may be of any length, and is kept for each of them. */
  readonly key: string
  /** Whether the client named the session itself. Otherwise it sticks only once the provider's cache was seen at work. */
  readonly explicit: boolean
}

/** Sessions remembered at once; the longest idle is forgotten first. 240 bytes each. */
const mostSessions = 100_000

/**
 * Which endpoint each session was served by, so that the next request finds its prompt in that provider's cache (contract §6.11). Sessions
 * of different accounts never meet: their names are chosen by clients, and guessable.
 */
export class Stickiness {
  readonly #sessions = new Map<string, { readonly endpoint: string; readonly until: number }>()
  readonly #clock: Clock
  readonly #ttlMs: number

  /** @param ttlMs Idle time after which a session is forgotten. */
  constructor(dependencies: { readonly clock: Clock; readonly ttlMs: number }) {
    this.#clock = dependencies.clock
    this.#ttlMs = dependencies.ttlMs
  }

  /** The id of the endpoint that the session stays with; null when there is none. */
  find(session: Session): string | null {
    const found = this.#sessions.get(session.key)
    return found !== undefined && found.until > this.#clock.monotonic() ? found.endpoint : null
  }

  /** An endpoint served the session: it stays there from now on, if that endpoint's cache can save anything. */
  served({ key, explicit }: Session, endpoint: Endpoint, usage: Usage): void {
    const usedCache = (usage.cachedTokens ?? 0) > 0 || (usage.cacheWriteTokens ?? 0) > 0
    if (!hasCheapCache(endpoint) || (!explicit && !usedCache)) return
    const now = this.#clock.monotonic()
    this.#sessions.delete(key)
    this.#sessions.set(key, { endpoint: endpoint.id, until: now + this.#ttlMs })
    // In the order in which they run out.
    for (const [oldest, { until }] of this.#sessions) {
      if (until > now && this.#sessions.size <= mostSessions) break
      this.#sessions.delete(oldest)
    }
  }

  /** Sessions remembered now. */
  get size(): number {
    return this.#sessions.size
  }
}

export const hasCheapCache = ({ pricing }: Endpoint): boolean =>
  pricing.inputCacheRead !== undefined && pricing.inputCacheRead < pricing.prompt

/**
 * The session of a request: what the client calls it, else its cache key, else its first words. Hashing those costs about 1 µs a kB, so
 * it is asked for only where something could be gained.
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
