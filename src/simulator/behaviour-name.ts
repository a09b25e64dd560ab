import { behaviours, type Behaviour } from './behaviours.ts'
import { steady, type ReplySettings } from './reply-settings.ts'

interface Part {
  /** The part applies to this many requests; Infinity means all. */
  readonly requests: number
  readonly effect: Partial<ReplySettings>
}

interface CompiledBehaviour {
  readonly expression: RegExp
  readonly behaviour: Behaviour
}

// At most seven digits: as milliseconds they are 2.7 hours. A longer timer would overflow and fire at once.
const compiled: readonly CompiledBehaviour[] = behaviours.map((behaviour) => {
  const source = behaviour.pattern.replace('<reason>', '([A-Za-z_]+)').replaceAll(/<\w+>/g, '(\\d{1,7})')
  return { expression: new RegExp(`^${source}$`), behaviour }
})

/** A parsed name, which gives the settings of the request that is the `ordinal`-th (from 0) under this name. */
export interface BehaviourName {
  /** Parts of the name that are not in the table of behaviours. They have no effect in a model id, and are an error in an override. */
  readonly unknown: readonly string[]
  /** Whether the name contains `first-<n>-…`, so that the count of requests matters. */
  readonly counts: boolean
  settings(ordinal: number): ReplySettings
}

/** Parses a name such as `first-1-status-500+tokens-20`. Each part between `+` stands alone: here `tokens-20` applies to every request. */
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
  const settings = (ordinal: number): ReplySettings => combine(parts.filter((part) => ordinal < part.requests))
  return { unknown, counts, settings: counts ? settings : () => always }
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

function combine(parts: readonly Part[]): ReplySettings {
  const settings: ReplySettings = Object.assign({}, steady, ...parts.map((part) => part.effect))
  return settings.retryAfter !== null && settings.failure === null
    ? { ...settings, failure: { status: 429 } }
    : settings
}
