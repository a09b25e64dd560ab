import { behaviours, type Behaviour } from './behaviours.ts'
import { steady, type Conduct } from './conduct.ts'

interface Part {
  /** Applies to this many requests; Infinity = to all. */
  readonly requests: number
  readonly effect: Partial<Conduct>
}

interface CompiledBehaviour {
  readonly expression: RegExp
  readonly behaviour: Behaviour
}

// Seven digits are 2.7 hours in milliseconds: longer timers would overflow and fire at once.
const compiled: readonly CompiledBehaviour[] = behaviours.map((behaviour) => {
  const source = behaviour.pattern.replace('<reason>', '([A-Za-z_]+)').replaceAll(/<\w+>/g, '(\\d{1,7})')
  return { expression: new RegExp(`^${source}$`), behaviour }
})

/** A parsed name: what a request does that is the `ordinal`-th (from 0) under it. */
export interface BehaviourName {
  /** Parts of the name that are in no table. In a model id they mean nothing; in an override they are a mistake. */
  readonly unknown: readonly string[]
  /** Whether `first-<n>-…` makes the count of requests matter. */
  readonly counts: boolean
  conduct(ordinal: number): Conduct
}

/** Reads `first-1-status-500+tokens-20`. What follows a `+` is a part of its own: the tokens are for every request. */
export function parseBehaviourName(name: string): BehaviourName {
  const parts: Part[] = []
  const unknown: string[] = []
  for (const word of name.split('+')) {
    const part = parsePart(word)
    if (part === null) unknown.push(word)
    else parts.push(part)
  }
  const always = combine(parts.filter((part) => part.requests === Infinity))
  const counts = parts.some((part) => part.requests !== Infinity)
  const conduct = (ordinal: number): Conduct => combine(parts.filter((part) => ordinal < part.requests))
  return { unknown, counts, conduct: counts ? conduct : () => always }
}

function parsePart(word: string): Part | null {
  const limited = /^first-(\d{1,7})-(.+)$/.exec(word)
  const plain = limited?.[2] ?? word
  for (const { expression, behaviour } of compiled) {
    const match = expression.exec(plain)
    if (match === null) continue
    const effect = behaviour.effect(match[1] ?? '', match[2] ?? '')
    const status = effect.failure?.status ?? 400
    if (status < 400 || status > 599) return null
    return { requests: limited === null ? Infinity : Number(limited[1]), effect }
  }
  return null
}

function combine(parts: readonly Part[]): Conduct {
  const conduct: Conduct = Object.assign({}, steady, ...parts.map((part) => part.effect))
  return conduct.retryAfter !== null && conduct.failure === null ? { ...conduct, failure: { status: 429 } } : conduct
}
