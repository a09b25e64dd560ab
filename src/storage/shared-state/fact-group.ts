import { arrayOf, parseJson } from '../../util/json.ts'
import type { QueuedFact } from './fact-queue.ts'

/** The limits of the facts that are sent together: their number, and the bytes of the whole group. */
export const mostOfGroup = { facts: 500, bytes: 1_000_000 }

/** A fact of a group that was received. */
interface DecodedFact {
  readonly topic: string
  readonly value: unknown
  /** Milliseconds from when it was published until the group was sent. */
  readonly ageMs: number
}

/** Writes facts as one text. Times are ages, because the clocks of two nodes differ. */
export const encodeGroup = (facts: readonly QueuedFact[], now: number): string =>
  JSON.stringify(facts.map(({ topic, fact, at }) => [topic, Math.round(now - at), fact]))

/** Reads what `encodeGroup` wrote, also in another version. Anything that is not a fact is left out. */
export function* decodeGroup(text: string): Generator<DecodedFact> {
  for (const entry of arrayOf(parseJson(text)).slice(0, mostOfGroup.facts)) {
    const [topic, ageMs, value] = arrayOf(entry)
    if (typeof topic === 'string' && typeof ageMs === 'number' && ageMs >= 0) yield { topic, ageMs, value }
  }
}
