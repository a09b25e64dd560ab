import { hash, randomBytes } from 'node:crypto'
import { noLimits, type Principal } from '../canonical/principal.ts'
import type { Clock } from '../util/clock.ts'
import type { Authenticator } from './authenticate.ts'
import { operatorAccount } from './permissions.ts'

/** A session of the console. It ends with the process, with its key, and after a time. */
export interface Session {
  /** The management key with which it was begun, or the operator where it was begun with a sign-in link. */
  readonly principal: Principal
  /** Unix milliseconds at which it ends, used or not. */
  readonly endsAt: number
}

interface KeptSession {
  /** Null: it was begun with a sign-in link. */
  readonly keyHash: string | null
  readonly endsAt: number
  usedAt: number
}

export const sessionMs = { longest: 24 * 3_600_000, idle: 2 * 3_600_000 }
/**
 * The most sessions, of one key and of all together. Where there are more, the one that was unused for the longest time ends: of the same key,
 * so that who has a management key of one account does not end the sessions of others.
 */
const mostSessions = { ofKey: 50, ofAll: 1_000 }

/**
 * The sessions of the console, in the memory of this process. A session is found by a random id, of which only the SHA-256 is kept, and it
 * holds no key: the key is looked up at each request, so that a session ends when its key is revoked, disabled or expires.
 */
export class Sessions {
  readonly #authenticator: Pick<Authenticator, 'find'>
  readonly #clock: Clock
  /** By the SHA-256 of their ids, in the order of their last use. */
  readonly #sessions = new Map<string, KeptSession>()

  constructor(authenticator: Pick<Authenticator, 'find'>, clock: Clock) {
    this.#authenticator = authenticator
    this.#clock = clock
  }

  /**
   * Begins a session, and returns its id, which is not kept.
   * @param keyHash The management key; null for a sign-in link.
   */
  begin(keyHash: string | null): string {
    const id = randomBytes(32).toString('base64url')
    const now = this.#clock.now()
    this.#makeRoom(keyHash)
    this.#sessions.set(digest(id), { keyHash, endsAt: now + sessionMs.longest, usedAt: now })
    return id
  }

  /** Finds a session by its id, and counts that as a use of it. Null where there is none, or it has ended. */
  find(id: string): Session | null {
    const session = this.peek(id)
    const key = digest(id)
    const kept = this.#sessions.get(key)
    if (kept === undefined) return null
    kept.usedAt = this.#clock.now()
    this.#sessions.delete(key)
    this.#sessions.set(key, kept)
    return session
  }

  /** Finds a session without counting that as a use. */
  peek(id: string): Session | null {
    const key = digest(id)
    const kept = this.#sessions.get(key)
    if (kept === undefined) return null
    const now = this.#clock.now()
    const principal = now >= kept.endsAt || now - kept.usedAt >= sessionMs.idle ? null : this.#principalOf(kept.keyHash)
    if (principal !== null) return { principal, endsAt: kept.endsAt }
    this.#sessions.delete(key)
    return null
  }

  /** Ends a session. */
  end(id: string): void {
    this.#sessions.delete(digest(id))
  }

  #makeRoom(keyHash: string | null): void {
    const own = [...this.#sessions].filter(([, session]) => session.keyHash === keyHash)
    const full =
      own.length >= mostSessions.ofKey ? own : this.#sessions.size >= mostSessions.ofAll ? this.#sessions : []
    const [oldest] = full
    if (oldest !== undefined) this.#sessions.delete(oldest[0])
  }

  #principalOf(keyHash: string | null): Principal | null {
    if (keyHash === null) return linkedPrincipal
    const principal = this.#authenticator.find(keyHash)
    return principal?.management === true ? principal : null
  }
}

const digest = (id: string): string => hash('sha256', id, 'hex')

/** The principal of a session that was begun with a sign-in link. It is no key, and pays for nothing. */
export const linkedPrincipal: Principal = Object.freeze({
  keyHash: 'sign-in-link',
  keyName: 'sign-in link',
  account: operatorAccount,
  label: 'sign-in link',
  ...noLimits,
  management: true,
  expiresAt: null,
  createdAt: 0,
})
