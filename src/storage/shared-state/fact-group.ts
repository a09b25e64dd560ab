import { arrayOf, parseJson } from '../../util/json.ts'
import type { QueuedFact } from './fact-queue.ts'

/** The facts that are sent together: at most so many, in at most so many bytes. */
export const mostOfGroup = { facts: 500, bytes: 1_000_000 }

/** A fact of a group that was received. */
interface ReceivedFact {
  readonly topic: string
  readonly value: unknown
  /** Milliseconds from when it was published until the group was sent. */
  readonly ageMs: number
}

/** Writes facts as one text. Times are ages, because the clocks of two nodes differ. */
export const encodeGroup = (facts: readonly QueuedFact[], now: number): string =>
  JSON.stringify(facts.map(({ topic, fact, at }) => [topic, Math.round(now - at), fact]))

/** Reads what `encodeGroup` wrote, also in another version. What is no fact is left out. */
export function* decodeGroup(text: string): Generator<ReceivedFact> {
  for (const entry of arrayOf(parseJson(text)).slice(0, mostOfGroup.facts)) {
    const [topic, ageMs, value] = arrayOf(entry)
    if (typeof topic === 'string' && typeof ageMs === 'number' && ageMs >= 0) yield { topic, ageMs, value }
  }
}
